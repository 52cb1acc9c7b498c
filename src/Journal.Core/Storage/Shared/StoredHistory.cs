using System.Text.Json;
using Journal.Workers;

namespace Journal.Storage.Shared;

/// <summary>Events, attempts and workers from their rows.</summary>
public static class StoredHistory
{
    /// <summary>The column of the batch's number, in events and in attempts.</summary>
    public const int BatchColumn = 2;

    /// <summary>The column of an event's worker.</summary>
    public const int EventWorkerColumn = 8;

    /// <summary>The column of an attempt's worker.</summary>
    public const int AttemptWorkerColumn = 4;

    /// <summary>An event from the columns id, at, batch, task, kind, from_status, to_status, stage, worker, reason.</summary>
    /// <param name="row">The row.</param>
    /// <param name="batch">The batch whose number it has.</param>
    /// <param name="worker">What the worker is called.</param>
    /// <param name="location">The journal as users name it.</param>
    public static JournalEvent ReadEvent<TRow>(TRow row, BatchFacts batch, string? worker, string location) where TRow : IStoredRow
    {
        var task = row.IntegerOrNull(3);
        var kind = (JournalEventKind)row.Integer(4);
        var (name, reason, data) = kind is JournalEventKind.Noted ? ReadNote(row.Text(9)) : (null, row.Text(9), null);
        return new JournalEvent
        {
            Id = row.Integer(0),
            At = Micros.ToTime(row.Integer(1)),
            BatchId = batch.Id,
            TaskId = task,
            Kind = kind,
            From = StatusName(row.IntegerOrNull(5), task),
            To = StatusName(row.IntegerOrNull(6), task),
            Stage = row.IntegerOrNull(7) is { } stage ? batch.StageAt(stage) : null,
            Worker = worker,
            Reason = reason,
            Name = name,
            StoredData = data,
            JournalPath = location,
        };
    }

    /// <summary>What the column reason holds of an event: the reason, or all that an event of the user's own says, as JSON.</summary>
    public static string? ReasonOf(JournalEvent entry) => entry.Kind is JournalEventKind.Noted ? NoteOf(entry.Name ?? "", entry.Reason, entry.StoredData) : entry.Reason;

    /// <summary>The same for one that is new.</summary>
    public static string ReasonOf(NewEvent entry) => NoteOf(entry.Name, entry.Message, entry.Data);

    private static string NoteOf(string name, string? message, string? data) => JsonMap.From([new("name", name), new("message", message), new("data", data)]).ToString();

    // Text that is no JSON stands for itself: a damaged row is still read.
    private static (string? Name, string? Message, string? Data) ReadNote(string? stored)
    {
        try
        {
            var note = JsonMap.Parse(stored);
            return (note.GetValueOrDefault("name") as string, note.GetValueOrDefault("message") as string, note.GetValueOrDefault("data") as string);
        }
        catch (Exception e) when (e is JsonException or JournalException)
        {
            return (null, stored, null);
        }
    }

    /// <summary>
    /// An attempt from the columns task, number, batch, stage, worker, started_at, ended_at, outcome, error_category, error_message, error_id, stack, its
    /// task's key, and log.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="batch">The batch whose number it has.</param>
    /// <param name="worker">What the worker is called.</param>
    /// <param name="location">The journal as users name it.</param>
    public static JournalAttempt ReadAttempt<TRow>(TRow row, BatchFacts batch, string? worker, string location) where TRow : IStoredRow => new()
    {
        TaskId = row.Integer(0),
        Number = row.Integer(1),
        BatchId = batch.Id,
        Stage = batch.StageAt(row.Integer(3)),
        Worker = worker,
        StartedAt = Micros.ToTime(row.Integer(5)),
        EndedAt = Micros.ToTime(row.Integer(6)),
        Outcome = (JournalAttemptOutcome)row.Integer(7),
        ErrorCategory = (JournalErrorCategory)row.Integer(8),
        ErrorMessage = row.Text(9),
        ErrorId = row.Text(10),
        ScriptStackTrace = row.Text(11),
        Key = row.Text(12) ?? "",
        Log = row.Text(13),
        JournalPath = location,
    };

    /// <summary>A tally from the columns: the id of its batch, outcome, error_category, stretch, how many, their microseconds, and how many were repeated.</summary>
    public static AttemptTally ReadTally<TRow>(TRow row) where TRow : IStoredRow => new(
        row.Text(0) ?? "", (JournalAttemptOutcome)row.Integer(1), (JournalErrorCategory)row.Integer(2), (int)row.Integer(3), row.Integer(4), Micros.ToSpan(row.Integer(5)), row.Integer(6));

    /// <summary>A worker from the columns host, process_space, process_id, process_start, nonce, label, beginning at one of them.</summary>
    public static WorkerIdentity ReadWorker<TRow>(TRow row, int column) where TRow : IStoredRow => new(
        row.Text(column) ?? "", row.Text(column + 1) ?? "", (int)row.Integer(column + 2), row.Text(column + 3) ?? "", row.Text(column + 4) ?? "", row.Text(column + 5));

    /// <summary>The number by which an event keeps a status, which is a task's where it is told of a task; null where there is none of that name.</summary>
    public static int? StatusNumber(string? name, long? task) =>
        task is null ? (Enum.TryParse<JournalBatchStatus>(name, out var batch) ? (int)batch : null)
        : Enum.TryParse<JournalTaskStatus>(name, out var status) ? (int)status : null;

    private static string? StatusName(long? number, long? task) =>
        number is not { } known ? null : task is null ? ((JournalBatchStatus)known).ToString() : ((JournalTaskStatus)known).ToString();
}
