using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>What becomes of the file: it is made for its owner alone, and nothing that is not a journal of ours is ever touched.</summary>
public sealed class SqliteFileTests : StoreTest<SqliteFixture>
{
    private string Path => Fixture.Location;

    [Theory]
    [InlineData(StoreAccess.Read)]
    [InlineData(StoreAccess.Write)]
    public void What_is_not_there_is_not_made_by_reading_or_writing(StoreAccess access)
    {
        Fails("JournalNotFound", () => Fixture.Open(access));
        Assert.Empty(Directory.GetFileSystemEntries(Fixture.Directory));
    }

    [Fact]
    public void Reading_leaves_no_file_behind_and_changes_nothing()
    {
        Batch("a");
        Store.Dispose();
        var before = File.ReadAllBytes(Path);

        using (var reader = Fixture.Open(StoreAccess.Read))
        {
            Assert.Single(reader.ReadTasks(TaskQuery.All));
            Fails("JournalAccessDenied", () => reader.CreateBatch(new NewBatch("b")));
        }

        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void New_files_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        Batch("a");

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner | UnixFileMode.UserExecute, File.GetUnixFileMode(System.IO.Path.GetDirectoryName(Path)!));
        foreach (var part in new[] { "", "-wal", "-shm" }) Assert.Equal(owner, File.GetUnixFileMode(Path + part));
        var copy = System.IO.Path.Combine(Fixture.Directory, "copy.db");
        Store.BackUp(copy);
        Assert.Equal(owner, File.GetUnixFileMode(copy));
    }

    [Fact]
    public void An_empty_file_becomes_a_journal_only_when_one_is_to_be_made()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllBytes(Path, []);

        Fails("NotAJournal", () => Fixture.Open(StoreAccess.Read));
        Fails("NotAJournal", () => Fixture.Open(StoreAccess.Write));
        Assert.Equal(0, new FileInfo(Path).Length);
        Assert.Equal(0, Batch().Total);
    }

    [Fact]
    public void Files_of_others_are_left_as_they_are()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "Dear diary, today I opened a file that was not mine. " + new string('.', 5000));
        Untouched("NotAJournal");

        File.Delete(Path);
        File.WriteAllBytes(Path, []);
        Sql("PRAGMA application_id = 7; CREATE TABLE secrets (x); INSERT INTO secrets VALUES (1);");
        Untouched("NotAJournal");

        File.Delete(Path);
        File.WriteAllBytes(Path, []);
        Sql("CREATE TABLE secrets (x);");
        Untouched("NotAJournal");
    }

    [Fact]
    public void A_journal_of_a_newer_module_is_left_as_it_is()
    {
        Batch("a");
        Store.Dispose();
        Sql("PRAGMA user_version = 99");

        Untouched("JournalTooNew");
        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Fact]
    public void A_migration_that_fails_leaves_the_journal_as_it_was_with_a_copy_beside_it()
    {
        Batch("a");
        Store.Dispose();
        // What the first migration would make is there already, so it cannot succeed.
        Sql("PRAGMA user_version = 0");

        Fails("JournalCorrupt", () => Fixture.Open(StoreAccess.Write));

        foreach (var path in new[] { Path, Path + ".schema-0" })
        {
            using var database = Database.Open(path, OpenMode.ReadWrite, Second);
            Assert.Equal((0, 1), (Schema.VersionOf(database), database.Number("SELECT COUNT(*) FROM task")));
        }
    }

    [Fact]
    public void A_directory_or_a_path_through_a_file_is_refused()
    {
        Batch("a");
        Fails("UnsupportedJournal", () => Fixture.Engine.Open(new StoreOptions(Fixture.Directory, StoreAccess.Create)));
        Fails("JournalAccessDenied", () => Fixture.Engine.Open(new StoreOptions(System.IO.Path.Combine(Path, "inside.db"), StoreAccess.Create)));
    }

    [Fact]
    public void A_read_only_file_is_read_and_not_written()
    {
        Batch("a");
        Store.Dispose();
        // Root may write everything; what it may not write is on a medium that nobody may.
        if (OperatingSystem.IsWindows() || Environment.UserName == "root") return;
        var directory = System.IO.Path.GetDirectoryName(Path)!;
        File.SetUnixFileMode(Path, UnixFileMode.UserRead);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            using var reader = Fixture.Open(StoreAccess.Read);
            Assert.Single(reader.ReadTasks(TaskQuery.All));
            Fails("JournalAccessDenied", () => Fixture.Open(StoreAccess.Write));
        }
        finally
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_medium_without_locks_can_be_read()
    {
        Batch("a");
        Store.Dispose();
        using var database = Database.Open(Path, OpenMode.Immutable, Second);

        Assert.Equal(1, database.Number("SELECT COUNT(*) FROM task"));
    }

    [Fact]
    public void A_durability_is_what_was_asked_for()
    {
        using var normal = Fixture.Engine.Open(new StoreOptions(Path, StoreAccess.Create) { Durability = Durability.Normal });

        Assert.Equal(Durability.Normal, normal.Describe().Durability);
        Assert.Equal(Durability.Full, Store.Describe().Durability);
    }

    [Fact]
    public void A_backup_is_a_journal_of_its_own_taken_in_the_middle_of_writing()
    {
        var batch = Batch("a");
        ClaimOne(batch);
        var path = System.IO.Path.Combine(Fixture.Directory, "backup.db");
        Store.BackUp(path);
        Fails("JournalWriteFailed", () => Store.BackUp(path));
        File.Delete(path);
        Add(batch, "b");
        Store.BackUp(path);
        Add(batch, "c");

        using var copy = Fixture.Engine.Open(new StoreOptions(path, StoreAccess.Write) { Time = Fixture.Time });

        Assert.Equal(["a", "b"], copy.ReadTasks(TaskQuery.All).Select(static task => task.Key));
        Assert.Equal(path, copy.FindBatch(batch.Id)!.JournalPath);
        Assert.Empty(copy.Check());
        Assert.Empty(Directory.GetFiles(Fixture.Directory, "*.partial"));
        Fails("JournalWriteFailed", () => Store.BackUp(System.IO.Path.Combine(Path, "no", "such")));
    }

    [Fact]
    public void Optimizing_gives_back_what_a_removed_batch_took()
    {
        var batch = Batch([.. Enumerable.Range(0, 5000).Select(static i => $"some rather long key that takes room {i}")]);
        Store.RemoveBatch(batch.Id);
        var before = Store.Describe().Size;

        Store.Optimize();

        Assert.True(Store.Describe().Size < before / 4);
        IsSound();
    }

    [Fact]
    public void A_write_that_fails_changes_nothing_and_the_store_goes_on()
    {
        var batch = Batch("a");
        var task = ClaimOne(batch);
        Sql("CREATE INDEX full ON event (json(CASE kind WHEN 21 THEN 'no JSON' ELSE '1' END))");

        Fails("JournalCorrupt", () => Apply(Complete(task)));
        Assert.Equal((JournalTaskStatus.InProgress, 0L), (Task(task.Id).Status, Again(batch).Completed));
        Assert.Empty(Attempts(task.Id));

        Sql("DROP INDEX full");
        Make(Complete(task));
        IsSound();
    }

    [Fact]
    public void A_store_that_was_closed_says_so()
    {
        Batch("a");
        Store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Store.CreateBatch(new NewBatch("b")));
        Assert.Throws<ObjectDisposedException>(() => Store.FindBatch("b"));
    }

    private void Sql(string script)
    {
        using var database = Database.Open(Path, OpenMode.ReadWrite, Second);
        database.Execute(script);
    }

    private void Untouched(string errorId)
    {
        var before = File.ReadAllBytes(Path);
        foreach (var access in Enum.GetValues<StoreAccess>()) Fails(errorId, () => Fixture.Open(access));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }
}
