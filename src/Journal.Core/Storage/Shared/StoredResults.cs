namespace Journal.Storage.Shared;

/// <summary>Results from their rows.</summary>
public static class StoredResults
{
    /// <summary>The column of the batch's number.</summary>
    public const int BatchColumn = 1;

    /// <summary>A result from the columns task, batch, stage, json, items, written, at, awaits, writer, and what <see cref="StoredHistory.ReadWorker"/> reads of the writer.</summary>
    public static StoredResult Read<TRow>(TRow row, BatchFacts batch) where TRow : IStoredRow => new(
        row.Integer(0), batch.Id, batch.StageAt(row.Integer(2)), row.Text(3) ?? "null", (int)row.Integer(4), (int)row.Integer(5),
        Micros.ToTime(row.Integer(6)), row.Integer(7) != 0, row.IntegerOrNull(8) is null ? null : StoredHistory.ReadWorker(row, 9));

    /// <summary>A share of the outbox from the columns batch id, items, newest, writer, and what <see cref="StoredHistory.ReadWorker"/> reads of the writer.</summary>
    public static OutboxShare ReadShare<TRow>(TRow row) where TRow : IStoredRow => new(
        row.Text(0) ?? "", row.IntegerOrNull(3) is null ? null : StoredHistory.ReadWorker(row, 4), row.Integer(1), Micros.ToTime(row.Integer(2)));
}
