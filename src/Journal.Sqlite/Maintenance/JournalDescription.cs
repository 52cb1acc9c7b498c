using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Sqlite.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite.Maintenance;

/// <summary>What a journal is and holds, from its counters.</summary>
internal static class JournalDescription
{
    public static JournalInfo Read(Database database, StoreOptions options)
    {
        var totals = database.Prepared(BatchStatements.Totals);
        totals.Step();
        var batches = totals.Integer(0);
        var counts = new TaskCounts(totals.Integer(1), totals.Integer(2), totals.Integer(3), totals.Integer(4), totals.Integer(5), totals.Integer(6));
        totals.Reset();

        var workers = new List<WorkerIdentity>();
        var row = database.Prepared(WorkerStatements.Holding);
        while (row.Step()) workers.Add(StoredHistory.ReadWorker(row, 0));
        return new JournalInfo(
            options.Location, $"SQLite {SqliteLibrary.Version}", Schema.VersionOf(database), SizeOf(options.Location), batches, counts, options.Durability, workers);
    }

    // The log holds what is committed but not yet merged.
    private static long SizeOf(string path) =>
        new[] { path, path + "-wal" }.Select(static part => new FileInfo(part)).Where(static part => part.Exists).Sum(static part => part.Length);
}
