using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>Reads the audit trail and the attempts.</summary>
internal static class HistoryReader
{
    public static IEnumerable<JournalEvent> ReadEvents(ReadSession session, EventQuery query)
    {
        var where = new Filter();
        var batches = session.All;
        if (query.BatchIds is { } ids) where.In("e.batch", session.Batches(ids).Select(static batch => batch.Number));
        if (query.TaskIds is { } tasks) where.In("e.task", tasks);
        where.InEnum("e.kind", query.Kinds).Between("e.at", query.Since, query.Until);
        if (query.AfterId > 0) where.And("e.id > {0}", query.AfterId);
        if (session.TrailEnd is { } end) where.And("e.id <= {0}", end);
        if (where.IsEmpty) return [];

        var sql = $"SELECT {HistoryStatements.EventColumns} FROM event e LEFT JOIN worker w ON w.no = e.worker{where}";
        sql = query.Last is { } last
            ? $"SELECT * FROM ({sql} ORDER BY e.id DESC{Paging.Clause(last, 0)}) AS latest ORDER BY id{Paging.Clause(query.First, 0)}"
            : $"{sql} ORDER BY e.id{Paging.Clause(query.First, 0)}";
        return session.Pipeline.Stream(where.ToCommand(sql))
            .Select(row => StoredHistory.ReadEvent(row, session.Batch(batches, row.Integer(StoredHistory.BatchColumn)), row.TextOrNull(StoredHistory.EventWorkerColumn), session.Location));
    }

    public static IReadOnlyList<AttemptTally> Tally(ReadSession session)
    {
        var tallies = new List<AttemptTally>();
        session.Pipeline.Patience = 0;
        session.Pipeline.Add(new Command(HistoryStatements.Tally), row => tallies.Add(StoredHistory.ReadTally(row))).Send();
        return tallies;
    }

    public static IEnumerable<JournalAttempt> ReadAttempts(ReadSession session, AttemptQuery query)
    {
        var where = new Filter();
        var batches = session.All;
        if (query.TaskIds is { } tasks) where.In("a.task", tasks);
        if (query.BatchIds is { } ids) where.In("t.batch", session.Batches(ids).Select(static batch => batch.Number));
        if (query.Stages is { } stages) where.InStages(batches.Values, stages, "a.batch", "a.stage");

        where.InEnum("a.outcome", query.Outcomes).InEnum("a.error_category", query.Categories).Between("a.ended_at", query.Since, query.Until);
        if (where.IsEmpty) return [];
        var sql = $"""
            SELECT {HistoryStatements.AttemptColumns}
            FROM attempt a JOIN task t ON t.id = a.task LEFT JOIN worker w ON w.no = a.worker{where}
            ORDER BY a.task, a.number{Paging.Clause(query.First, query.Skip)}
            """;
        return session.Pipeline.Stream(where.ToCommand(sql))
            .Select(row => StoredHistory.ReadAttempt(row, session.Batch(batches, row.Integer(StoredHistory.BatchColumn)), row.TextOrNull(StoredHistory.AttemptWorkerColumn), session.Location));
    }
}
