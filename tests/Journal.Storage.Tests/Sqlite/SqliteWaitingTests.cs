using Journal.Sqlite.Engine;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>Waiting for another one's lock, and not for ever.</summary>
public sealed class SqliteWaitingTests : StoreTest<SqliteFixture>
{
    // More than any machine needs, however busy.
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_lock_that_is_not_given_back_is_an_error()
    {
        var batch = Batch("a");
        using var other = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        using var store = Open(TimeSpan.FromMilliseconds(50));
        other.BeginWrite();

        Fails("JournalBusy", () => store.AddTasks(batch.Id, [New("b")]));
        Assert.Single(store.ReadTasks(TaskQuery.All));

        other.RollBack();
        Assert.Equal(1, store.AddTasks(batch.Id, [New("b")]).Added);
    }

    [Fact]
    public async Task A_writer_gets_the_lock_when_it_is_given_back()
    {
        var batch = Batch();
        using var store = Open(Patient);
        using var other = Database.Open(Fixture.Location, OpenMode.ReadWrite, Second);
        other.BeginWrite();
        var asked = new TaskCompletionSource();
        var writing = System.Threading.Tasks.Task.Run(() =>
        {
            asked.SetResult();
            return store.AddTasks(batch.Id, [New("a")]).Added;
        });
        await asked.Task;
        // A while of writing, in which the other one runs into the lock.
        for (var i = 0; i < 2_000; i++) other.Prepared("INSERT INTO checkpoint (batch, name, json, updated_at) VALUES (0, 'n' || ?1, '1', 1)").Bind(1, i).Execute();
        other.Commit();

        Assert.Equal(1, await writing);
    }

    [Fact]
    public async Task Many_writers_at_once_all_get_their_turn()
    {
        var batch = Batch();

        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 6).Select(n => System.Threading.Tasks.Task.Run(() =>
        {
            using var store = Open(Patient);
            for (var i = 0; i < 50; i++) store.AddTasks(batch.Id, [New($"{n}.{i}")]);
        })));

        Assert.Equal(300, Again(batch).Total);
        IsSound();
    }

    [Fact]
    public async Task Many_can_make_the_same_journal_at_once()
    {
        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 6).Select(_ => System.Threading.Tasks.Task.Run(() =>
        {
            using var store = Fixture.Open(StoreAccess.Create);
            store.CreateBatch(new NewBatch("same"));
        })));

        Assert.Equal(6, Store.ReadBatches(new BatchQuery()).Select(static batch => batch.Id).Distinct().Count());
        IsSound();
    }

    private IJournalStore Open(TimeSpan lockTimeout) =>
        Fixture.Engine.Open(new StoreOptions(Fixture.Location, StoreAccess.Write) { Time = Fixture.Time, LockTimeout = lockTimeout });
}
