using Journal.Sqlite.Engine;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>Reads batches.</summary>
internal static class BatchReader
{
    public static JournalBatch? Find(Database database, Catalog catalog, string id)
    {
        var row = database.Prepared(BatchStatements.ById).Bind(1, id);
        if (!row.Step()) return null;
        var batch = StoredBatch.Read(row, catalog.Location);
        row.Reset();
        return batch;
    }

    public static IEnumerable<JournalBatch> Read(Database database, Catalog catalog, BatchQuery query)
    {
        var where = new Filter();
        if (query.Ids is { } ids) where.Matching("id", [.. ids.Select(Storage.TextPattern.Exactly)]);
        // There are few names, and they are matched here, as every store does it.
        if (query.Names is { } names) where.Matching("name", [.. Names(database).Where(name => names.Any(wanted => wanted.Matches(name))).Select(Storage.TextPattern.Exactly)]);
        where.InEnum("status", query.Statuses);
        if (query.EndedBefore is { } before) where.And("ended_at < ?", Micros.From(before));
        if (query.Since is { } since) where.And("updated_at >= ? OR created_at >= ?", Micros.From(since), Micros.From(since));
        if (where.IsEmpty) yield break;
        var direction = query.OldestFirst ? "" : " DESC";
        using var rows = database.Prepare(
            $"SELECT {BatchStatements.Columns} FROM batch{where} ORDER BY created_at{direction}, no{direction}{Paging.Clause(query.First, query.Skip)}");
        rows.BindAll(where.Values);
        while (rows.Step()) yield return StoredBatch.Read(rows, catalog.Location);
    }

    private static List<string> Names(Database database)
    {
        var names = new List<string>();
        var row = database.Prepared(BatchStatements.Names);
        while (row.Step()) names.Add(row.Text(0)!);
        return names;
    }
}
