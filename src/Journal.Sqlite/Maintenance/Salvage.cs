using Journal.Hosting;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Statements;
using Journal.Sqlite.Writing;
using Journal.Storage;

namespace Journal.Sqlite.Maintenance;

/// <summary>
/// Saves what can be read of a damaged journal into a new one, which takes its name when it is whole. The damaged file is read only as a copy, and set
/// aside as it was found.
/// </summary>
internal sealed class Salvage(StoreOptions options, string asidePath, bool force)
{
    // The log belongs to the file: it may hold what was committed last.
    private static readonly string[] Parts = ["", "-wal"];

    private readonly List<string> _report = [];

    /// <returns>What was saved and what was lost.</returns>
    public IReadOnlyList<string> Run()
    {
        var journal = options.Location;
        if (!File.Exists(journal)) throw JournalErrors.JournalNotFound(journal);
        using var care = CareLock.Take(journal, "it is being repaired");
        FileSwap.Finish(care, journal);
        if (!File.Exists(journal)) throw JournalErrors.JournalNotFound(journal);
        care.ShutOut(journal, force, options.LockTimeout);
        try
        {
            using var made = JournalFile.MakeBeside(journal);
            using (var copy = NewFile.For(journal))
            {
                foreach (var part in Parts.Where(part => File.Exists(journal + part))) CopyInto(journal + part, copy.Path + part);
                Rebuild(copy.Path, made);
            }

            // On another disk it can only be copied to, which takes its time.
            var near = Path.GetDirectoryName(asidePath) == Path.GetDirectoryName(journal) ? asidePath : JournalCopies.PathFor(journal, options.Time.GetUtcNow());
            FileSwap.Do(care, journal, made, near);
            if (near != asidePath) foreach (var part in Parts.Append("-shm").Where(part => File.Exists(near + part))) File.Move(near + part, asidePath + part);
            _report.Insert(0, $"The damaged journal was set aside as '{asidePath}'.");
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalWriteFailed(journal, e.Message, e);
        }

        return _report;
    }

    // The mode of the file that is there is kept: its owner alone reads it.
    private static void CopyInto(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var made = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) made.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var target = new FileStream(to, made);
        source.CopyTo(target);
    }

    private void Rebuild(string copy, NewFile made)
    {
        JournalFile.Fill(made, options, Schema.Migrations);
        using (var target = Database.Open(made.Path, OpenMode.ReadWrite, options.LockTimeout)) Rebuild(copy, target);
        using var check = Database.Open(made.Path, OpenMode.ReadWrite, options.LockTimeout);
        if (HealthCheck.Run(check) is [var problem, ..]) throw JournalErrors.JournalCorrupt(options.Location, $"what can be saved of it makes no sound journal: {problem}");
    }

    private void Rebuild(string copy, Database target)
    {
        target.BeginWrite();
        try
        {
            using var source = Database.Open(copy, OpenMode.ReadWrite, options.LockTimeout);
            // Else SQLite refuses a file altogether that is shorter than its first page says.
            source.Execute("PRAGMA writable_schema = ON");
            foreach (var (table, key) in SalvageStatements.Tables) CopyReadable(source, target, table, key);
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.NotAJournal))
        {
            _report.Add("Nothing could be read: it is not a database, or its first page is lost.");
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalCorrupt))
        {
            _report.Add($"The rest could not be read: {e.InnerException?.Message ?? e.Message}");
        }

        KeepIdentity(copy, target);
        Mend(target);
        target.Commit();
        target.MergeLog();
    }

    // Its backups go on being its own.
    private void KeepIdentity(string copy, Database target)
    {
        if (JournalIdentity.Read(copy, OpenMode.ReadWrite, options.LockTimeout) is not { } id) return;
        using var keep = target.Prepare("UPDATE identity SET id = ?");
        keep.BindAll([id]).Execute();
    }

    // A table that cannot be read says nothing of the others.
    private void CopyReadable(Database source, Database target, string table, string key)
    {
        try
        {
            Copy(source, target, table, key);
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalCorrupt))
        {
            _report.Add($"{table} could not be read: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private void Copy(Database source, Database target, string table, string key)
    {
        var there = Columns(source, table).ToHashSet(StringComparer.Ordinal);
        var columns = ValueRanges.Columns(target, table).Where(column => there.Contains(column.Name)).ToList();
        if (columns.Count == 0) return;
        var list = string.Join(", ", columns.Select(static column => column.Name));
        using var insert = target.Prepare($"INSERT OR IGNORE INTO {table} ({list}) VALUES ({string.Join(", ", columns.Select(static _ => "?"))})");
        // Behind each row, how many of its values are impossible: they are replaced.
        var impossible = string.Join(" + ", columns.Select(static column => $"NOT ({column.IsPossible})"));
        var scan = new DamagedTable(source, $"SELECT {key}, {string.Join(", ", columns.Select(static column => column.Mended))}, {impossible} FROM {table} NOT INDEXED", key, Micros.From(options.Time.GetUtcNow()));
        long saved = 0, replaced = 0;
        scan.ReadAll(row =>
        {
            var values = new object?[columns.Count];
            for (var i = 0; i < values.Length; i++) values[i] = row.Value(i + 1);
            saved += insert.BindAll(values).Execute();
            replaced += row.Integer(values.Length + 1);
        });
        _report.Add($"{table}: {Amount.Of(saved, "row")} {(saved == 1 ? "was" : "were")} saved.");
        if (replaced > 0) _report.Add(FormattableString.Invariant($"{table}: {replaced} values were none that a journal writes, and were replaced."));
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
}
