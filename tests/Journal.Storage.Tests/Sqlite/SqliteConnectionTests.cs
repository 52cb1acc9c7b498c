using Journal.Sqlite.Engine;
using Journal.Sqlite.Opening;
using Journal.Sqlite.Reading;
using Journal.Sqlite.Writing;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>How connections are set up: which engine, what it may do with a foreign file, and what it leaves open.</summary>
public sealed class SqliteConnectionTests : StoreTest<SqliteFixture>
{
    private string Path => Fixture.Location;

    [Fact]
    public void The_engine_has_no_known_corruption_and_says_which_it_is()
    {
        Batch("a");
        var words = Store.Describe().Engine.Split(' ');

        Assert.Equal("SQLite", words[0]);
        // Up to 3.51.2, processes that commit and merge one log at the same time could corrupt the file.
        Assert.True(Version.Parse(words[1]) >= new Version(3, 53, 3), words[1]);
    }

    [Fact]
    public void Statements_that_every_claim_runs_are_prepared_once()
    {
        var batch = Batch([.. Enumerable.Range(0, 200).Select(static n => $"{n}")]);
        using var writer = Database.Open(Path, OpenMode.ReadWrite, Second);
        var catalog = new Catalog(Path);
        // Before the schema is known, and once after it.
        for (var turn = 1; turn <= 2; turn++) Turn(turn);
        var before = writer.Repreparations;
        for (var count = 1; count <= 15; count++) Turn(count);

        Assert.Equal(before, writer.Repreparations);

        // Another number at each turn: it is bound to LIMIT ?.
        void Turn(int count)
        {
            writer.BeginWrite();
            var session = new WriteSession(writer, catalog, Now, Ann);
            var claimed = Claims.Take(session, session.Batch(batch.Id), new ExchangeRequest(Ann, batch.Id, Lease) { Claim = count });
            var moves = new MoveWriter(session, session.Author);
            foreach (var task in claimed) Assert.Equal(MoveOutcome.Applied, moves.Apply(Complete(task)).Outcome);
            Assert.Equal(count, claimed.Count);
            session.Finish();
            writer.Commit();
        }
    }

    [Fact]
    public void A_trigger_in_the_file_never_runs()
    {
        var batch = Batch("a");
        Sql("CREATE TRIGGER thief AFTER INSERT ON event BEGIN DELETE FROM task; UPDATE batch SET name = 'stolen'; END");

        Add(batch, "b");

        Assert.Equal(["a", "b"], Store.ReadTasks(TaskQuery.All).Select(static task => task.Key));
        Assert.Equal("import", Again(batch).Name);
    }

    [Fact]
    public void A_view_in_the_file_is_never_read()
    {
        Batch("a");
        Store.SetCheckpoint(null, "scan", "1");
        Store.Dispose();
        Sql("ALTER TABLE checkpoint RENAME TO kept; CREATE VIEW checkpoint AS SELECT * FROM kept");
        using var store = Fixture.Open(StoreAccess.Write);

        Fails("JournalCorrupt", () => store.FindCheckpoint(null, "scan"));
    }

    [Theory]
    [InlineData("no SQLite file at all, however long it may be")]
    [InlineData("SQLite format 3\0")]
    public void A_file_that_cannot_be_used_is_not_left_open(string content)
    {
        if (!OperatingSystem.IsLinux()) return;
        Batch("a");
        Store.Dispose();
        using var store = Fixture.Open(StoreAccess.Write);
        // After the store has found a journal there, and before it connects to it.
        File.WriteAllText(Path, content + new string('.', 5000));

        Assert.ThrowsAny<JournalException>(() => store.CreateBatch(new NewBatch("b")));
        Assert.ThrowsAny<JournalException>(() => store.FindBatch("b"));
        foreach (var access in Enum.GetValues<StoreAccess>()) Assert.ThrowsAny<JournalException>(() => Fixture.Open(access));

        Assert.Empty(OpenFiles());
    }

    [Fact]
    public void A_journal_that_is_refused_is_not_left_open()
    {
        if (!OperatingSystem.IsLinux()) return;
        Batch("a");
        Store.Dispose();
        foreach (var harm in new[] { "PRAGMA user_version = 99", "PRAGMA user_version = 0", "PRAGMA application_id = 7" })
        {
            Sql(harm);
            foreach (var access in Enum.GetValues<StoreAccess>()) Assert.ThrowsAny<JournalException>(() => Fixture.Open(access));
        }

        Assert.Empty(OpenFiles());
    }

    // Whatever of this journal the process has open, without waiting for what the garbage collector would close.
    private IEnumerable<string> OpenFiles() => Directory.GetFiles("/proc/self/fd")
        .Select(static link => new FileInfo(link).LinkTarget)
        .Where(target => target?.StartsWith(Path, StringComparison.Ordinal) == true)!;

    private void Sql(string script)
    {
        using var database = Database.Open(Path, OpenMode.ReadWrite, Second);
        database.Execute(script);
    }
}
