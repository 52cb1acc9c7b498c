using Journal.Hosting;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Storage;

namespace Journal.Sqlite.Maintenance;

/// <summary>Puts a copy of a backup under a journal's name. The backup is only read; what was there is set aside.</summary>
internal sealed class Restoration(StoreOptions options, string backup, string asidePath, bool force)
{
    public void Run()
    {
        var journal = options.Location;
        using var care = CareLock.Take(journal, "it is being restored");
        FileSwap.Finish(care, journal);
        if (File.Exists(journal)) care.ShutOut(journal, force, options.LockTimeout);
        using var made = JournalFile.MakeBeside(journal);
        try
        {
            using (var source = JournalFile.OpenToRead(backup, options.LockTimeout))
            {
                if (!Schema.IsJournal(source)) throw JournalErrors.NotAJournal(backup, "it is another application's SQLite database");
                if (Schema.VersionOf(source) > Schema.Newest) throw JournalErrors.JournalTooNew(backup, Schema.VersionOf(source), Schema.Newest);
                BackupCopy.Fill(made, source, options.LockTimeout);
            }

            using (var copy = Database.Open(made.Path, OpenMode.ReadWrite, options.LockTimeout))
            {
                Schema.Migrate(copy, Schema.Migrations);
                copy.Number("PRAGMA journal_mode = WAL");
                copy.MergeLog();
                if (HealthCheck.Run(copy) is [var problem, ..]) throw JournalErrors.JournalCorrupt(backup, problem);
            }

            FileSwap.Do(care, journal, made, asidePath);
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalWriteFailed(journal, e.Message, e);
        }
    }
}
