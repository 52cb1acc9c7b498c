using System.Diagnostics;
using System.Globalization;
using Journal.Sqlite;
using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Storage;
using Journal.Torture.Injuring;
using Journal.Torture.Working;
using Journal.Workers;

namespace Journal.Reliability.Tests.Care;

/// <summary>Whoever repairs or restores a journal may be killed, find the disk full, or not be alone: the journal is under its name, whole, old or new.</summary>
public sealed class SwapTests : IDisposable
{
    private const int Old = 300, InLog = 40, Kept = 100, Older = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-swap-").FullName;

    private string Journal => Path.Combine(_folder, "journal.db");

    private string Backup => Path.Combine(_folder, "kept", "backup.db");

    private string Aside => Journal + ".aside";

    [Theory]
    [InlineData(CareWorker.Repair)]
    [InlineData(CareWorker.Restore)]
    public void Killed_before_any_step_it_leaves_the_old_one_or_the_new_one(string verb)
    {
        for (var step = 1; ; step++)
        {
            Prepare();
            var (code, said) = Run(CareWorker.Order(verb, Journal, Backup, Aside, step));
            var tasks = TasksNow();
            // A repair loses nothing of a sound journal.
            Assert.True(tasks == Old + InLog || (verb == CareWorker.Restore && tasks == Kept), $"Killed before step {step}: {tasks} tasks.");
            if (code == 0) Assert.False(File.Exists(Journal + ".care"));
            // Of a right that nobody has any more; whoever takes it next removes the file.
            File.Delete(Journal + ".care");
            Assert.Equal(["journal.db"], Left().Except(Left().Where(static name => name.StartsWith("journal.db.aside", StringComparison.Ordinal))));
            BackupIsUntouched();
            if (File.Exists(Aside)) Assert.Equal(Old + InLog, Tasks(Aside));
            if (code == 0)
            {
                Assert.True(int.Parse(said, CultureInfo.InvariantCulture) == step - 1 && step > 8);
                Assert.Equal(verb == CareWorker.Repair ? Old + InLog : Kept, tasks);
                Assert.True(File.Exists(Aside));
                return;
            }
        }
    }

    [Theory]
    [InlineData(CareWorker.Repair)]
    [InlineData(CareWorker.Restore)]
    public void With_the_disk_full_it_changes_nothing(string verb)
    {
        Prepare();
        var before = File.ReadAllBytes(Journal);
        foreach (var limit in new long[] { 1, 4096, 20_000, 60_000, before.Length - 4096 })
        {
            var (code, said) = Run(CareWorker.Order(verb, Journal, Backup, Aside, limit: limit));
            // The backup is smaller than the journal.
            if (code == 0) continue;
            Assert.Contains(said.Split(':')[0], new[] { "JournalWriteFailed", "JournalAccessDenied" });
            Assert.Equal(before, File.ReadAllBytes(Journal));
            Assert.Equal([], Directory.GetFiles(_folder, "*.partial").Concat(Directory.GetFiles(_folder, "*.swap")).Concat(Directory.GetFiles(_folder, "*.aside*")));
        }

        Assert.Contains(TasksNow(), new long[] { Old + InLog, Kept });
        BackupIsUntouched();
    }

    /// <summary>Every way in which a file gets a name: what of it there is before, what is done, and what there may be after.</summary>
    [Theory]
    [InlineData("repair")]
    [InlineData("restore")]
    [InlineData("make")]
    [InlineData("back up")]
    [InlineData("migrate")]
    [InlineData("optimize")]
    public void On_a_disk_with_hardly_enough_room_what_has_a_name_is_whole(string what)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var disk = new SmallDisk(Path.Combine(_folder, "disk"), mounts: true);
        // Only root may mount one.
        if (!disk.IsMounted) return;
        const int tasks = 3000;
        var factory = new SqliteStoreFactory();
        var (kept, journal, backup) = (Path.Combine(_folder, "large.db"), Path.Combine(disk.Directory, "journal.db"), Path.Combine(disk.Directory, "backup.db"));
        if (what == "migrate") Migration.OlderJournal.MakeFile(kept, version: 3, tasks);
        else using (var store = factory.Open(new StoreOptions(kept, StoreAccess.Create))) Add(store, store.CreateBatch(new NewBatch("x")).Id, 0, what == "make" ? 0 : tasks);
        var size = new FileInfo(kept).Length;
        int done = 0, refused = 0;
        // From too little to more than a new file, its log and a copy of the old one need beside it.
        for (var leave = 4096L; leave < size * 5; leave += Math.Max(4096, size * 5 / 100 / 4096 * 4096))
        {
            if (what != "make") File.Copy(kept, journal);
            if (what == "restore") File.Copy(kept, backup);
            disk.Fill(leave);
            try
            {
                switch (what)
                {
                    case "repair": factory.Repair(new StoreOptions(journal, StoreAccess.Create), journal + ".aside"); break;
                    case "restore": factory.Restore(new StoreOptions(journal, StoreAccess.Create), backup, journal + ".aside"); break;
                    case "make" or "migrate": factory.Open(new StoreOptions(journal, StoreAccess.Create)).Dispose(); break;
                    case "back up": using (var store = factory.Open(new StoreOptions(journal, StoreAccess.Read))) store.BackUp(backup); break;
                    default: using (var store = factory.Open(new StoreOptions(journal, StoreAccess.Write))) store.Optimize(); break;
                }

                done++;
            }
            catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.JournalWriteFailed) or nameof(JournalErrors.JournalAccessDenied))
            {
                refused++;
            }

            disk.Empty();
            Assert.Equal([], Directory.GetFiles(disk.Directory, "*.partial*").Concat(Directory.GetFiles(disk.Directory, "*.swap")));
            foreach (var file in Directory.GetFiles(disk.Directory, "*.db").Concat(Directory.GetFiles(disk.Directory, "*.aside")))
            {
                using var store = factory.Open(new StoreOptions(file, StoreAccess.Create));
                Assert.Equal((leave, what == "make" ? 0 : tasks), (leave, store.CountTasks(TaskQuery.All)));
                Assert.Empty(store.Check());
            }

            foreach (var file in Directory.GetFiles(disk.Directory)) File.Delete(file);
        }

        Assert.True(done > 0 && refused > 0, $"{done} done, {refused} refused");
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void A_file_whose_log_could_not_be_merged_gets_no_name(string part)
    {
        Prepare();
        using var care = CareLock.Take(Journal, "it is being tested");
        using var made = JournalFile.MakeBeside(Journal);
        File.WriteAllText(made.Path + part, "what was written last");

        Assert.Throws<IOException>(() => made.MoveTo(Path.Combine(_folder, "other.db")));
        Assert.Equal(nameof(JournalErrors.JournalWriteFailed), Assert.Throws<JournalException>(() => FileSwap.Do(care, Journal, made, Aside)).ErrorId);

        Assert.False(File.Exists(Path.Combine(_folder, "other.db")));
        Assert.Equal(Old + InLog, TasksNow());
    }

    [Fact]
    public void Of_several_at_once_each_does_it_or_is_told_who_is_at_it()
    {
        Prepare();
        var processes = Enumerable.Range(0, 4).Select(n => Start(CareWorker.Order(n % 2 == 0 ? CareWorker.Repair : CareWorker.Restore, Journal, Backup, $"{Aside}{n}"))).ToList();
        foreach (var process in processes)
        {
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) Assert.Contains(said.Split(':')[0], new[] { "CareUnderWay", "JournalInUse" });
            process.Dispose();
        }

        Assert.Contains(TasksNow(), new long[] { Old + InLog, Kept });
        Assert.Empty(Directory.GetFiles(_folder, "*.partial"));
    }

    [Fact]
    public void While_somebody_has_it_open_it_is_refused_and_with_force_that_one_finds_out_before_it_writes()
    {
        Prepare();
        var factory = new SqliteStoreFactory();
        using var store = factory.Open(new StoreOptions(Journal, StoreAccess.Write));
        var batch = store.ReadBatches(new BatchQuery()).Single();
        var worker = ProcessTable.Instance.NewWorker();
        store.Exchange(new ExchangeRequest(worker, batch.Id, TimeSpan.FromMinutes(5)) { Claim = 1 });

        foreach (var verb in new[] { CareWorker.Repair, CareWorker.Restore })
        {
            Assert.Contains("JournalInUse", Run(CareWorker.Order(verb, Journal, Backup, Aside)).Said, StringComparison.Ordinal);
        }

        var (code, said) = Run(CareWorker.Order(CareWorker.Restore, Journal, Backup, Aside, force: true));
        Assert.True(code == 0, said);
        foreach (var action in new Action[]
        {
            () => store.Exchange(new ExchangeRequest(worker, batch.Id, TimeSpan.FromMinutes(5)) { Claim = 1 }),
            () => store.RenewLeases(worker, batch.Id, TimeSpan.FromMinutes(5)),
            () => store.FindBatch(batch.Id),
        })
        {
            Assert.Equal("JournalReplaced", Assert.Throws<JournalException>(action).ErrorId);
        }

        store.Dispose();
        Assert.Equal(Kept, TasksNow());
        Assert.Equal(Old + InLog, Tasks(Aside));
    }

    [Fact]
    public void A_backup_of_an_older_schema_stays_as_it_is_and_its_copy_is_migrated()
    {
        Prepare();
        var folder = Path.GetDirectoryName(Backup)!;
        File.Delete(Backup);
        Migration.OlderJournal.MakeFile(Backup, version: 3, Older);
        var before = File.ReadAllBytes(Backup);

        new SqliteStoreFactory().Restore(new StoreOptions(Journal, StoreAccess.Create), Backup, Aside);

        Assert.Equal(before, File.ReadAllBytes(Backup));
        Assert.Equal([Backup], Directory.GetFiles(folder));
        Assert.Equal(Older, TasksNow());
    }

    [Fact]
    public void Nobody_opens_a_journal_between_the_first_and_the_last_step_of_an_exchange()
    {
        Prepare();
        var steps = new List<string>();
        var open = new List<string>();
        FileSwap.BeforeStep = step =>
        {
            steps.Add(step);
            using var opened = NameLock.TryShare(Journal, NameUse.Opening);
            if (opened is not null) open.Add(step);
        };
        try
        {
            new SqliteStoreFactory().Restore(new StoreOptions(Journal, StoreAccess.Create), Backup, Aside);
        }
        finally
        {
            FileSwap.BeforeStep = null;
        }

        Assert.Equal([], open);
        Assert.Equal(["new", "exchange", "sync"], steps.Intersect(["new", "exchange", "sync"]));
        using var free = NameLock.TryShare(Journal, NameUse.Opening);
        Assert.NotNull(free);
        Assert.Equal(Kept, TasksNow());
    }

    [Fact]
    public void Nobody_exchanges_a_journal_while_a_connection_opens_its_database_and_its_log()
    {
        Prepare();
        var seen = 0;
        JournalFile.BeforeOpening = path =>
        {
            if (path != Journal) return;
            seen++;
            using var owned = NameLock.TryOwn(path, NameUse.Opening);
            Assert.Null(owned);
        };
        try
        {
            Assert.Equal(Old + InLog, TasksNow());
        }
        finally
        {
            JournalFile.BeforeOpening = null;
        }

        Assert.True(seen > 1);
        using var free = NameLock.TryOwn(Journal, NameUse.Opening);
        Assert.NotNull(free);
    }

    [Fact]
    public void A_journal_that_is_moved_away_while_it_is_opened_is_not_found_and_not_called_forbidden()
    {
        Prepare();
        JournalFile.BeforeOpening = path =>
        {
            if (path == Journal) File.Move(path, Path.Combine(_folder, "away"));
        };
        try
        {
            Assert.Equal(nameof(JournalErrors.JournalNotFound), Assert.Throws<JournalException>(() => TasksNow()).ErrorId);
        }
        finally
        {
            JournalFile.BeforeOpening = null;
        }
    }

    [Fact]
    public async Task A_pipe_is_no_backup_and_nobody_waits_for_what_may_come_through_it()
    {
        if (OperatingSystem.IsWindows()) return;
        Prepare();
        var pipe = Path.Combine(_folder, "pipe");
        Process.Start("mkfifo", [pipe]).WaitForExit();
        var restoring = Task.Run(() => Assert.Throws<JournalException>(() => new SqliteStoreFactory().Restore(new StoreOptions(Journal, StoreAccess.Create), pipe, Aside)));
        // Else it waits for the pipe.
        await restoring.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Old + InLog, TasksNow());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A journal whose last tasks are in its log, left by a process that died, and a smaller backup.
    private void Prepare()
    {
        foreach (var file in Directory.GetFiles(_folder)) File.Delete(file);
        Directory.CreateDirectory(Path.GetDirectoryName(Backup)!);
        var working = Path.Combine(_folder, "working.db");
        var factory = new SqliteStoreFactory();
        using (var store = factory.Open(new StoreOptions(working, StoreAccess.Create)))
        {
            var batch = store.CreateBatch(new NewBatch("x"));
            Add(store, batch.Id, 0, Kept);
            if (!File.Exists(Backup)) store.BackUp(Backup);
            Add(store, batch.Id, Kept, Old);
            store.Optimize();
            Add(store, batch.Id, Old, Old + InLog);
            File.Copy(working, Journal);
            File.Copy(working + "-wal", Journal + "-wal");
        }

        foreach (var file in Directory.GetFiles(_folder, "working*")) File.Delete(file);
        Assert.True(new FileInfo(Journal + "-wal").Length > 0);
    }

    private static void Add(IJournalStore store, string batch, int from, int to) =>
        store.AddTasks(batch, [.. Enumerable.Range(from, to - from).Select(static n => new NewTask($"task {n}", TaskInput.OfText($"{n}")))]);

    private long TasksNow() => Tasks(Journal);

    private static long Tasks(string path)
    {
        using var store = new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Write));
        Assert.Empty(store.Check());
        return store.CountTasks(TaskQuery.All);
    }

    private List<string> Left() => [.. Directory.GetFiles(_folder).Select(static path => Path.GetFileName(path)!).Where(static name => !name.EndsWith(".partial", StringComparison.Ordinal))];

    private void BackupIsUntouched() => Assert.Equal([Backup], Directory.GetFiles(Path.GetDirectoryName(Backup)!));

    private static Process Start(string[] order) =>
        Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(CareWorker).Assembly.Location, .. order]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static (int Code, string Said) Run(string[] order)
    {
        using var process = Start(order);
        var (said, errors) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        return (process.ExitCode, said.Trim() + errors.Trim());
    }
}
