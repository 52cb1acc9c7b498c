using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>Reads batches.</summary>
internal static class BatchReader
{
    public static JournalBatch? Find(Pipeline pipeline, string location, string id)
    {
        JournalBatch? batch = null;
        pipeline.Add(new Command(BatchStatements.ById).With(id), row => batch = StoredBatch.Read(row, location)).Send();
        return batch;
    }

    public static IEnumerable<JournalBatch> Read(ReadSession session, BatchQuery query)
    {
        var where = new Filter();
        if (query.Ids is { } ids) where.Matching("id", [.. ids.Select(TextPattern.Exactly)]);
        where.InEnum("status", query.Statuses);
        if (query.EndedBefore is { } before) where.And("ended_at < {0}", Micros.From(before));
        if (query.Since is { } since) where.And("updated_at >= {0} OR created_at >= {0}", Micros.From(since));
        if (query.Names is { Count: 0 } || where.IsEmpty) return [];
        var direction = query.OldestFirst ? "" : " DESC";
        var sql = $"SELECT {BatchStatements.Columns} FROM batch{where} ORDER BY created_at{direction}, no{direction}";
        // There are few batches, so that names are matched here, all patterns alike.
        var batches = session.Pipeline.Stream(where.ToCommand(sql)).Select(row => StoredBatch.Read(row, session.Location))
            .Where(batch => query.Names is not { } names || names.Any(name => name.Matches(batch.Name)));
        return Paging.Of(batches, query.First, query.Skip);
    }
}
