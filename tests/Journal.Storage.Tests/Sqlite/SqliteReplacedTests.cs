using System.Collections.Concurrent;
using Journal.Sqlite.Opening;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>A run knows its file: what happens to the name is noticed before anything more is written, and a new journal never means an empty or half-made file.</summary>
public sealed class SqliteReplacedTests : StoreTest<SqliteFixture>
{
    private string Path => Fixture.Location;

    public static TheoryData<string> Ways() => ["moved", "deleted", "replaced", "cut", "emptied", "linked", "copied over"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_file_that_is_not_what_its_name_means_is_written_to_no_more(string way)
    {
        var batch = Batch([.. Enumerable.Range(1, 500).Select(static n => $"{n}")]);
        var task = ClaimOne(batch);
        Store.Optimize();
        Make(Retry(task, Second));
        Do(way);

        Fails("JournalReplaced", () => Exchange(batch, 1));
        Fails("JournalReplaced", () => Store.RenewLeases(Ann, batch.Id, Lease));
        Fails("JournalReplaced", () => Store.AddTasks(batch.Id, [New("late")]));
        Fails("JournalReplaced", () => Store.FindTask(task.Id));
        Fails("JournalReplaced", () => _ = Store.ReadTasks(TaskQuery.All).Count());
    }

    [Fact]
    public void A_journal_that_is_optimized_by_another_process_is_still_the_same()
    {
        var batch = Batch([.. Enumerable.Range(1, 500).Select(static n => $"{n}")]);
        using (var other = Fixture.Open(StoreAccess.Write))
        {
            var large = other.CreateBatch(new NewBatch("large"));
            other.AddTasks(large.Id, [.. Enumerable.Range(1, 5000).Select(static n => New($"{n}"))]);
            other.Optimize();
            ClaimOne(batch);
            other.RemoveBatch(large.Id);
            other.Optimize();
        }

        ClaimOne(batch);
        Assert.Empty(Store.Check());
    }

    // After the exchange the log's name is that of another journal's, and whoever removed it then would take that one's last commits.
    [Fact]
    public void Whoever_closes_a_journal_while_its_file_is_exchanged_leaves_the_log_alone()
    {
        if (!OperatingSystem.IsLinux()) return;
        var batch = Batch("a");
        using (var care = CareLock.Take(Path, "it is being exchanged"))
        {
            care.ShutOut(Path, force: true, Second);
            Store.Dispose();
            Assert.True(File.Exists(Path + "-wal"));
        }

        using (var again = Fixture.Open(StoreAccess.Write)) Assert.Equal(1, again.RequireBatch(batch.Id).Total);
        Assert.False(File.Exists(Path + "-wal"));
    }

    [Fact]
    public void A_file_with_two_names_is_refused()
    {
        Batch("a");
        Store.Dispose();
        var second = Path + ".second";
        Link(Path, second);
        foreach (var path in new[] { Path, second })
        {
            Fails("JournalReplaced", () => Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Write)));
        }

        File.Delete(second);
        Fixture.Reopen();
    }

    [Fact]
    public void Through_a_link_the_log_is_read_and_kept()
    {
        if (OperatingSystem.IsWindows()) return;
        var batch = Batch("a", "b");
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Fixture.Directory, "links")).FullName;
        var link = System.IO.Path.Combine(folder, "link.db");
        File.CreateSymbolicLink(link, Path);
        using (var through = Fixture.Engine.Open(new StoreOptions(link, StoreAccess.Write)))
        {
            Assert.Equal(Path, through.Location);
            Add(batch, "c");
            Assert.Equal(3, through.CountTasks(TaskQuery.All));
        }

        // As a process leaves it that was killed: the last commits are in the log.
        var copy = System.IO.Path.Combine(Fixture.Directory, "killed.db");
        File.Copy(Path, copy);
        File.Copy(Path + "-wal", copy + "-wal");
        File.Delete(link);
        File.CreateSymbolicLink(link, copy);
        Fixture.Engine.Repair(new StoreOptions(link, StoreAccess.Write) { Time = Fixture.Time }, copy + ".aside");
        Assert.Equal(copy, new FileInfo(link).LinkTarget);
        using var repaired = Fixture.Engine.Open(new StoreOptions(copy, StoreAccess.Read));
        Assert.Equal(3, repaired.CountTasks(TaskQuery.All));
    }

    [Fact]
    public void A_reader_that_comes_while_a_journal_is_made_finds_none_or_a_whole_one_and_makers_meet_in_one()
    {
        for (var round = 0; round < 15; round++)
        {
            var path = System.IO.Path.Combine(Fixture.Directory, $"new{round}", "journal.db");
            var errors = new ConcurrentBag<Exception>();
            var done = false;
            var readers = Enumerable.Range(0, 2).Select(n => Start(errors, () =>
            {
                while (!Volatile.Read(ref done))
                {
                    try
                    {
                        using var reader = Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Read));
                        _ = reader.CountTasks(TaskQuery.All);
                    }
                    catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalNotFound))
                    {
                        Thread.Yield();
                    }
                }
            })).ToList();
            var makers = Enumerable.Range(0, 4).Select(n => Start(errors, () =>
            {
                using var store = Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Create));
                store.CreateBatch(new NewBatch($"of {n}"));
            })).ToList();
            foreach (var maker in makers) maker.Join();
            Volatile.Write(ref done, true);
            foreach (var reader in readers) reader.Join();
            Assert.Empty(errors);
            using var all = Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Read));
            Assert.Equal(4, all.ReadBatches(new BatchQuery()).Count());
            Assert.Equal(["journal.db"], Directory.GetFiles(System.IO.Path.GetDirectoryName(path)!).Select(System.IO.Path.GetFileName).Where(static name => !name!.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void An_empty_file_becomes_a_journal_for_whoever_makes_one_and_is_none_for_others()
    {
        var path = System.IO.Path.Combine(Fixture.Directory, "touched.db");
        File.WriteAllBytes(path, []);
        Fails("NotAJournal", () => Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Read)));
        Fails("NotAJournal", () => Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Write)));
        Assert.Empty(File.ReadAllBytes(path));
        using (var store = Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Create))) store.CreateBatch(new NewBatch("x"));
        Assert.Equal([path], Directory.GetFiles(Fixture.Directory));
    }

    [Fact]
    public void A_log_that_lost_its_journal_is_not_laid_over_a_new_one()
    {
        var batch = Batch("a");
        var path = System.IO.Path.Combine(Fixture.Directory, "again.db");
        File.Copy(Path + "-wal", path + "-wal");
        using (var store = Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Create) { Time = Fixture.Time }))
        {
            Assert.Empty(store.Check());
            Assert.Null(store.FindBatch(batch.Id));
        }

        Assert.Single(Directory.GetFiles(Fixture.Directory, "again.db.replaced-*-wal"));
    }

    [Fact]
    public void What_is_no_file_is_no_journal()
    {
        if (!OperatingSystem.IsWindows()) Fails("UnsupportedJournal", () => Fixture.Engine.Open(new StoreOptions("/dev/null", StoreAccess.Create)));
    }

    private void Do(string way)
    {
        switch (way)
        {
            case "moved": File.Move(Path, Path + ".moved"); break;
            case "deleted": File.Delete(Path); break;
            case "replaced":
                File.Copy(Path, Path + ".other");
                File.Move(Path + ".other", Path, overwrite: true);
                break;
            case "cut":
                using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(8 * 4096);
                break;
            case "emptied":
                using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(0);
                break;
            case "linked": Link(Path, Path + ".link"); break;
            default:
                File.Move(Path, Path + ".old");
                File.Copy(Path + ".old", Path);
                break;
        }
    }

    private static void Link(string from, string to)
    {
        using var process = System.Diagnostics.Process.Start("ln", [from, to]);
        process.WaitForExit();
    }

    private static Thread Start(ConcurrentBag<Exception> errors, Action body)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
#pragma warning disable CA1031 // It is the finding.
            catch (Exception e)
#pragma warning restore CA1031
            {
                errors.Add(e);
            }
        });
        thread.Start();
        return thread;
    }
}
