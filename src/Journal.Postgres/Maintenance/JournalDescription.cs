using Journal.Postgres.Engine;
using Journal.Postgres.Reading;
using Journal.Postgres.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Postgres.Maintenance;

/// <summary>What a journal is and holds, from its counters.</summary>
internal static class JournalDescription
{
    private const string Server = "SELECT current_setting('server_version'), (SELECT MAX(number) FROM migration)";

    private const string Size = "SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind = 'r'";

    public static JournalInfo Read(ReadSession session, Durability durability)
    {
        string version = "";
        long schema = 0, size = 0, batches = 0;
        var counts = default(TaskCounts);
        var workers = new List<WorkerIdentity>();
        session.Pipeline
            .Add(new Command(Server), row => (version, schema) = (row.Text(0), row.Integer(1)))
            .Add(new Command(Size), row => size = row.Integer(0))
            .Add(new Command(BatchStatements.Totals), row => (batches, counts) = (row.Integer(0), StoredBatch.Counts(row, 1)))
            .Add(new Command(WorkerStatements.Holding), row => workers.Add(StoredHistory.ReadWorker(row, 0)))
            .Send();
        // Debian and others append their own name to the number.
        return new JournalInfo(session.Location, $"PostgreSQL {version.Split(' ')[0]}", schema, size, batches, counts, durability, workers);
    }
}
