using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Postgres;

/// <summary>
/// With durability Normal a server that crashes forgets commits that it had answered. What it forgets is done again; nobody's work is taken for somebody
/// else's. The server writes its log so seldom here that it forgets all that was not asked to be durable.
/// </summary>
public sealed class PostgresForgottenTests : StoreTest<PostgresFixture>
{
    private readonly PostgresServer _server = new();

    public PostgresForgottenTests()
    {
        _server.Sql("ALTER SYSTEM SET wal_writer_delay = '10s'");
        _server.Sql("SELECT pg_reload_conf()");
    }

    [Fact]
    public void A_forgotten_claim_is_given_out_again_and_only_its_new_holder_can_report()
    {
        using var first = Open(Durability.Normal);
        var batch = Made(first);
        var forgotten = Assert.Single(Claim(first, batch, Ann).Claimed);

        Crash();
        using var second = Open(Durability.Normal);
        Assert.Equal(new TaskCounts(1, 0, 0, 0, 0, 0), second.FindBatch(batch.Id)!.Counts);
        var held = Assert.Single(Claim(second, batch, Bob).Claimed);
        var late = first.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Moves = [Complete(forgotten)] }).Moves[0];

        Assert.Equal((forgotten.Id, forgotten.Token), (held.Id, held.Token));
        Assert.Equal((MoveOutcome.LeaseLost, JournalTaskStatus.InProgress), (late.Outcome, late.From));
        Assert.Equal(MoveOutcome.Applied, second.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Moves = [Complete(held)] }).Moves[0].Outcome);
        Assert.Equal("bob", Assert.Single(second.ReadAttempts(new AttemptQuery())).Worker);
        Assert.Empty(second.Check());
    }

    [Fact]
    public void A_batch_and_a_worker_keep_their_numbers()
    {
        using var first = Open(Durability.Normal);
        var batch = Made(first);
        Claim(first, batch, Ann);

        Crash();
        using var second = Open(Durability.Normal);
        var other = Made(second);
        second.AddTasks(other.Id, [New("b")], Bob);
        first.AddTasks(batch.Id, [New("c")], Ann);

        // Whoever remembers a number means what it named: nothing of one batch goes into another, nothing is said to be by somebody else.
        Assert.NotEqual(batch.Id, other.Id);
        Assert.Equal(["a", "c"], second.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).Select(static task => task.Key));
        Assert.Equal(["a", "b"], second.ReadTasks(new TaskQuery { BatchIds = [other.Id] }).Select(static task => task.Key).Order());
        Assert.Equal(
            [(batch.Id, Ann.Name), (other.Id, "bob")],
            second.ReadEvents(new EventQuery { Kinds = [JournalEventKind.TasksAdded] }).Where(static e => e.Worker is not null).Select(static e => (e.BatchId, e.Worker!)).Order());
        Assert.Empty(second.Check());
    }

    [Fact]
    public void With_durability_Full_nothing_is_forgotten()
    {
        using var first = Open(Durability.Full);
        var batch = Made(first);
        var task = Assert.Single(Claim(first, batch, Ann).Claimed);

        Crash();

        Assert.Equal(MoveOutcome.Applied, first.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Moves = [Complete(task)] }).Moves[0].Outcome);
        Assert.Equal(1, first.FindBatch(batch.Id)!.Completed);
    }

    private static ExchangeResult Claim(IJournalStore store, JournalBatch batch, Journal.Workers.WorkerIdentity by) =>
        store.Exchange(new ExchangeRequest(by, batch.Id, Lease) { Claim = 1 });

    // The task is on the disk, whatever the store's commits promise: what is to be forgotten comes after.
    private JournalBatch Made(IJournalStore store)
    {
        var batch = store.CreateBatch(new NewBatch("work"));
        store.AddTasks(batch.Id, [New("a")]);
        _server.Sql("SELECT pg_logical_emit_message(true, 'test', 'flushed')");
        return batch;
    }

    private void Crash()
    {
        _server.Kill();
        _server.Start();
    }

    private IJournalStore Open(Durability durability) =>
        Fixture.Engine.Open(new StoreOptions(_server.Address("journal"), StoreAccess.Create) { Durability = durability });

    protected override void CleanUp() => _server.Dispose();
}
