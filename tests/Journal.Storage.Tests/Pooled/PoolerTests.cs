using Journal.Interchange;
using Journal.Runs;
using Journal.Storage.Tests.Support;
using Journal.Workers;

namespace Journal.Storage.Tests.Pooled;

/// <summary>A pooler between workers and their server: a journal works through it without a word in the address, or is refused in words.</summary>
public sealed class PoolerTests : IDisposable
{
    private const string Schema = """Jobs "a.b" of O'Hara""";
    private const string Literal = """
        'Jobs "a.b" of O''Hara'
        """;

    private const string Quoted = """
        "Jobs ""a.b"" of O'Hara"
        """;

    private readonly PostgresServer _server = PostgresServer.Shared;
    private readonly Journal.Postgres.PostgresStoreFactory _engine = new();

    public void Dispose() => _server.Sql($"DROP SCHEMA IF EXISTS {Quoted} CASCADE");

    [Theory]
    [InlineData("session", 12)]
    [InlineData("transaction", 2)]
    public async Task Runs_share_a_batch_through_it_and_everything_is_in_its_schema(string mode, int connections)
    {
        using var pooler = new PgBouncer(_server, mode, connections);
        // Each with connections of its own.
        var stores = Enumerable.Range(0, 3).Select(n => Open(pooler, $"&application_name=worker{n}")).ToList();
        var made = stores[0].CreateBatch(new NewBatch("shared"));
        stores[0].AddTasks(made.Id, [.. Enumerable.Range(0, 150).Select(static i => new NewTask($"日本 {i}", TaskInput.OfText("x")))]);
        var batch = stores[0].FindBatch(made.Id)!;

        await Task.WhenAll(stores.Select(store => Task.Run(() =>
        {
            using var runner = new BatchRunner(store, new RunRequest(batch), new DelegateExecutor(static (_, _) => null), new Quiet(), TimeProvider.System, ProcessTable.Instance);
            runner.Run(CancellationToken.None);
        })));

        foreach (var store in stores) store.Dispose();
        using var reader = Open(pooler, "", StoreAccess.Read);
        Assert.Equal(150, reader.FindBatch(made.Id)!.Completed);
        Assert.Equal(150, reader.ReadEvents(new EventQuery { Kinds = [JournalEventKind.Completed] }).Select(static e => e.TaskId).Distinct().Count());
        Assert.Equal(150, reader.ReadTasks(TaskQuery.All).Count());
        Assert.NotEqual(0, reader.Describe().Size);
        Assert.Empty(reader.Check());
        using var other = Open(pooler, "");
        other.Optimize();
        var elsewhere = (long)Scalar($"SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', lower({Literal}))")!;
        Assert.Equal(0, elsewhere);
    }

    [Theory]
    [InlineData("statement", "", "pool_mode")]
    [InlineData("transaction", "&options=-c%20statement_timeout%3D9000", "options")]
    public void What_a_pooler_cannot_carry_is_refused_in_words_and_nothing_is_made(string mode, string more, string named)
    {
        using var pooler = new PgBouncer(_server, mode);

        var error = Assert.Throws<JournalException>(() => Open(pooler, more));

        Assert.Equal(nameof(JournalErrors.UnsupportedJournal), error.ErrorId);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Null(Scalar($"SELECT oid FROM pg_namespace WHERE nspname = {Literal}"));
    }

    private IJournalStore Open(PgBouncer pooler, string more, StoreAccess access = StoreAccess.Create) =>
        _engine.Open(new StoreOptions(_server.Address(Uri.EscapeDataString(Schema), port: pooler.Port) + more, access));

    private object? Scalar(string sql)
    {
        using var connection = new Npgsql.NpgsqlConnection(_server.ConnectionText);
        connection.Open();
        using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private sealed class Quiet : IRunObserver
    {
        public void Report(AttemptReport report)
        {
        }

        public void Progress(RunProgress progress)
        {
        }

        public void Note(string text)
        {
        }
    }
}
