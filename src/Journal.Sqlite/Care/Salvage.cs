using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Sqlite.Writing;
using Journal.Storage;

namespace Journal.Sqlite.Care;

/// <summary>
/// Saves what can be read of a damaged journal. The damaged file is set aside first and read only as a copy, so that it stays as it was found,
/// whatever happens. No store may be open on the journal meanwhile.
/// </summary>
internal sealed class Salvage(StoreOptions options, string asidePath)
{
    // The log belongs to the file: it may hold what was committed last.
    private static readonly string[] Parts = ["", "-wal", "-shm"];

    private readonly List<string> _report = [];

    /// <returns>What was saved and what was lost.</returns>
    public IReadOnlyList<string> Run()
    {
        if (!File.Exists(options.Location)) throw JournalErrors.JournalNotFound(options.Location);
        var copy = asidePath + ".reading";
        try
        {
            foreach (var part in Parts.Where(part => File.Exists(options.Location + part)))
            {
                FilePaths.Move(options.Location + part, asidePath + part);
                File.Copy(asidePath + part, copy + part, overwrite: true);
            }

            _report.Add($"The damaged journal was set aside as '{asidePath}'.");
            Rebuild(copy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalWriteFailed(options.Location, e.Message, e);
        }
        finally
        {
            foreach (var part in Parts) File.Delete(copy + part);
        }

        return _report;
    }

    private void Rebuild(string copy)
    {
        using var target = JournalFile.Prepare(options).ConnectWriter();
        target.BeginWrite();
        try
        {
            using var source = Database.Open(copy, OpenMode.ReadWrite, options.LockTimeout);
            // Else SQLite refuses a file altogether that is shorter than its first page says.
            source.Execute("PRAGMA writable_schema = ON");
            foreach (var (table, key) in SalvageStatements.Tables) CopyReadable(source, target, table, key);
        }
        catch (JournalException e) when (IsDamage(e))
        {
            _report.Add($"The rest could not be read: {e.InnerException?.Message ?? e.Message}");
        }

        Mend(target);
        target.Commit();
    }

    // A table that cannot be read says nothing of the others.
    private void CopyReadable(Database source, Database target, string table, string key)
    {
        try
        {
            Copy(source, target, table, key);
        }
        catch (JournalException e) when (IsDamage(e))
        {
            _report.Add($"{table} could not be read: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private void Copy(Database source, Database target, string table, string key)
    {
        var there = Columns(source, table).ToHashSet(StringComparer.Ordinal);
        var columns = Columns(target, table).Where(there.Contains).ToList();
        if (columns.Count == 0) return;
        var list = string.Join(", ", columns);
        using var insert = target.Prepare($"INSERT OR IGNORE INTO {table} ({list}) VALUES ({string.Join(", ", columns.Select(static _ => "?"))})");
        var scan = new DamagedTable(source, $"SELECT {key}, {list} FROM {table} NOT INDEXED", key);
        long saved = 0;
        scan.ReadAll(row =>
        {
            var values = new object?[columns.Count];
            for (var i = 0; i < values.Length; i++) values[i] = row.Value(i + 1);
            saved += insert.BindAll(values).Execute();
        });
        _report.Add(FormattableString.Invariant($"{table}: {saved} rows were saved."));
        _report.AddRange(scan.Gaps.Select(gap => FormattableString.Invariant($"{table}: rows with {key} {gap} could not all be read.")));
    }

    private void Mend(Database target)
    {
        using (var lost = target.Prepare(SalvageStatements.LostBatches))
        {
            if (lost.Execute() is > 0 and var batches) _report.Add(FormattableString.Invariant($"{batches} batches were lost; their tasks are in batches named 'salvaged'."));
        }

        foreach (var sql in SalvageStatements.Mending) target.Execute(sql);

        var session = new WriteSession(target, new Catalog(options.Location), options.Time.GetUtcNow(), null);
        using var chains = target.Prepare(SalvageStatements.BrokenChains);
        long broken = 0;
        while (chains.Step())
        {
            var status = (JournalTaskStatus)chains.Integer(2);
            session.Record(session.Batch(chains.Integer(1)), chains.Integer(0), JournalEventKind.Amended, status, status, chains.Integer(3), "Salvaged; some of its history is lost.");
            broken++;
        }

        if (broken > 0) _report.Add(FormattableString.Invariant($"{broken} tasks lost some of their history."));
        var numbers = target.Prepared(SalvageStatements.Batches);
        while (numbers.Step()) session.Batch(numbers.Integer(0)).Changed = true;
        session.Finish();
    }

    private static List<string> Columns(Database database, string table)
    {
        using var rows = database.Prepare($"SELECT name FROM pragma_table_info('{table}')");
        var names = new List<string>();
        while (rows.Step()) names.Add(rows.Text(0)!);
        return names;
    }

    private static bool IsDamage(JournalException e) => e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal);
}
