using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage.Tests.Support;
using Journal.Workers;

namespace Journal.Storage.Tests.Postgres;

/// <summary>Links break and servers stop, in the middle of everything: what was recorded stays recorded, once, and what was not is done again.</summary>
public sealed class PostgresOutageTests : StoreTest<PostgresFixture>
{
    [Fact]
    public void An_exchange_whose_answer_was_lost_is_made_once_and_answered_all_the_same()
    {
        var batch = Batch([.. Enumerable.Range(0, 30).Select(static i => $"k{i}")]);
        using var link = new Link(PostgresServer.Shared.Port);
        using var store = Through(link);
        IReadOnlyList<JournalTask> held = [];
        var completed = 0;
        do
        {
            link.LoseNextCommitAnswer();
            var turn = store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 4, Moves = [.. held.Select(static task => Complete(task))] });
            Assert.All(turn.Moves, static move => Assert.Equal(MoveOutcome.Applied, move.Outcome));
            completed += turn.Moves.Count;
            held = turn.Claimed;
        }
        while (held.Count > 0);

        Assert.True(link.LostAnswers >= 8);
        Assert.Equal((30, 30L), (completed, Again(batch).Completed));
        Assert.Equal(30, Store.ReadEvents(new EventQuery { BatchIds = [batch.Id], Kinds = [JournalEventKind.Completed] }).Count());
        IsSound();
    }

    [Fact]
    public void An_exchange_in_doubt_is_settled_when_the_server_answers_again()
    {
        var batch = Batch("a", "b");
        using var link = new Link(PostgresServer.Shared.Port);
        using var store = Through(link);
        var first = Assert.Single(store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1 }).Claimed);
        var request = new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1, Moves = [Complete(first)] };
        link.LoseNextCommitAnswer();
        link.CutAfterLoss();

        Fails("JournalUnreachable", () => store.Exchange(request));
        Fails("JournalUnreachable", () => store.Exchange(request));
        Assert.Equal(1, Again(batch).Completed);
        link.Mend();
        var turn = store.Exchange(request);

        Assert.Equal(MoveOutcome.Applied, Assert.Single(turn.Moves).Outcome);
        Assert.Equal("b", Assert.Single(turn.Claimed).Key);
        Assert.Equal(new TaskCounts(0, 1, 1, 0, 0, 0), Again(batch).Counts);
        IsSound();
    }

    // Whether its reader wants all of it, or has enough while more is on its way.
    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    [InlineData(20_000, 1)]
    public void What_was_read_is_read_though_the_link_breaks_before_the_connection_is_given_back(int total, int count)
    {
        Batch([.. Enumerable.Range(0, total).Select(static i => $"k{i}")]);
        using var link = new Link(PostgresServer.Shared.Port);
        using var store = Through(link);
        var read = new List<string>();

        foreach (var task in store.ReadTasks(TaskQuery.All).Take(count))
        {
            read.Add(task.Key);
            if (read.Count == count) link.Cut();
        }

        Assert.Equal(Enumerable.Range(0, count).Select(static i => $"k{i}"), read);
        Fails("JournalUnreachable", () => store.CountTasks(TaskQuery.All));
        link.Mend();
        Assert.Equal(total, store.CountTasks(TaskQuery.All));
    }

    [Fact]
    public void A_worker_that_comes_back_too_late_is_fenced()
    {
        var batch = Batch("a");
        using var link = new Link(PostgresServer.Shared.Port);
        using var store = Through(link);
        var task = Assert.Single(store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1 }).Claimed);
        link.Cut();
        Fails("JournalUnreachable", () => store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Moves = [Complete(task)] }));
        Fixture.Time.Advance(Lease);
        Assert.True(Assert.Single(Store.ReadInFlight(batch.Id)).LeaseExpired);
        Make(TaskMove.Recover(task.Id, task.Token, "lease expired"));
        Assert.Single(Store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 1 }).Claimed);

        link.Mend();

        Assert.Equal(MoveOutcome.LeaseLost, store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Moves = [Complete(task)] }).Moves[0].Outcome);
        Assert.Equal("bob", Task(task.Id).Worker);
    }

    [Fact]
    public async Task Workers_whose_connections_are_killed_again_and_again_lose_nothing()
    {
        var batch = Batch([.. Enumerable.Range(0, 400).Select(static i => $"k{i}")]);
        var stores = Enumerable.Range(0, 3).Select(_ => Fixture.Engine.Open(new StoreOptions($"{Fixture.Location}&application_name={Fixture.Schema}", StoreAccess.Write))).ToList();
        var working = System.Threading.Tasks.Task.WhenAll(stores.Select(store => System.Threading.Tasks.Task.Run(() => Run(store, batch))));
        for (var kills = 0; !working.IsCompleted && kills < 40; kills++)
        {
            PostgresServer.Shared.Sql($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{Fixture.Schema}'");
        }

        await working;
        AllDoneOnce(batch, 400);
    }

    [Fact]
    public async Task A_server_that_is_killed_and_started_again_in_the_middle_loses_nothing()
    {
        using var server = new PostgresServer();
        var location = server.Address("journal");
        var batch = OpenAt(location, store =>
        {
            var made = store.CreateBatch(new NewBatch("long"));
            store.AddTasks(made.Id, [.. Enumerable.Range(0, 300).Select(static i => New($"k{i}"))]);
            return made;
        });
        using var halfway = new SemaphoreSlim(0);
        using var restarted = new ManualResetEventSlim();
        var ended = 0;
        var working = System.Threading.Tasks.Task.Run(() => RunOn(location, batch, () =>
        {
            if (Interlocked.Increment(ref ended) == 100)
            {
                halfway.Release();
                restarted.Wait();
            }
        }));
        await halfway.WaitAsync();

        server.Kill();
        restarted.Set();
        server.Start();
        await working;

        OpenAt(location, store =>
        {
            Assert.Equal((JournalBatchStatus.Completed, 300L), (store.FindBatch(batch.Id)!.Status, store.FindBatch(batch.Id)!.Completed));
            Assert.Equal(300, store.ReadEvents(new EventQuery { Kinds = [JournalEventKind.Completed] }).Select(static e => e.TaskId).Distinct().Count());
            Assert.Empty(store.Check());
            return true;
        });
    }

    [Fact]
    public async Task A_server_that_freezes_is_given_up_for_a_while_and_found_again()
    {
        using var server = new PostgresServer();
        // The shortest that the driver knows: a second without an answer.
        var location = server.Address("journal") + "&Command Timeout=1&Timeout=1&Cancellation Timeout=-1";
        var batch = OpenAt(server.Address("journal"), store =>
        {
            var made = store.CreateBatch(new NewBatch("long"));
            store.AddTasks(made.Id, [.. Enumerable.Range(0, 60).Select(static i => New($"k{i}"))]);
            return made;
        });
        var unreachable = new TaskCompletionSource();
        var ended = 0;
        var frozen = false;
        var working = System.Threading.Tasks.Task.Run(() => RunOn(
            location, batch, () =>
            {
                if (Interlocked.Increment(ref ended) != 20) return;
                Volatile.Write(ref frozen, true);
                server.Freeze();
            },
            note =>
            {
                // A busy machine may take a second for an answer before.
                if (Volatile.Read(ref frozen) && note.Contains("cannot be reached", StringComparison.Ordinal)) unreachable.TrySetResult();
            }));
        await System.Threading.Tasks.Task.WhenAny(unreachable.Task, working);
        Assert.True(unreachable.Task.IsCompleted);

        server.Thaw();
        await working;

        OpenAt(server.Address("journal"), store =>
        {
            Assert.Equal(60L, store.FindBatch(batch.Id)!.Completed);
            Assert.Empty(store.Check());
            return true;
        });
    }

    // What a server says in mid-run that passes by itself: for new sessions it takes no writes (25006) or lets nobody in (53300); a lock that somebody else
    // holds outlasts the patience of the statement (57014) or of the wait (55P03).
    [Theory]
    [InlineData("25006", "ALTER ROLE {0} SET default_transaction_read_only = on", "", "ALTER ROLE {0} RESET default_transaction_read_only")]
    [InlineData("53300", "ALTER ROLE {0} CONNECTION LIMIT 0", "", "ALTER ROLE {0} CONNECTION LIMIT -1")]
    [InlineData("57014", "ALTER ROLE {0} SET statement_timeout = 50", "LOCK TABLE {0}.task", "ALTER ROLE {0} RESET statement_timeout")]
    [InlineData("locked", "", "LOCK TABLE {0}.task", "")]
    public async Task What_passes_by_itself_is_waited_out_and_told_in_one_line(string said, string trouble, string locking, string relief)
    {
        var role = Fixture.Schema;
        var server = PostgresServer.Shared;
        server.Sql($"CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password.Replace("'", "''", StringComparison.Ordinal)}'; GRANT CREATE ON DATABASE postgres TO {role}");
        try
        {
            // Made with the usual patience: other tests make schemas on this server at the same time, and only one at a time can.
            var batch = OpenAt(server.Address(role, role), static store =>
            {
                var made = store.CreateBatch(new NewBatch("long"));
                store.AddTasks(made.Id, [.. Enumerable.Range(0, 200).Select(static i => New($"k{i}"))]);
                return made;
            });
            using var store = Fixture.Engine.Open(new StoreOptions(server.Address(role, role), StoreAccess.Write) { LockTimeout = TimeSpan.FromMilliseconds(50) });
            using var locker = new Npgsql.NpgsqlConnection(server.ConnectionText);
            locker.Open();
            var told = new TaskCompletionSource();
            var arranged = new TaskCompletionSource();
            var notes = new System.Collections.Concurrent.ConcurrentQueue<string>();
            var ended = 0;

            void Tell(string sql)
            {
                if (sql.Length == 0) return;
                using var command = new Npgsql.NpgsqlCommand(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, role), locker);
                command.ExecuteNonQuery();
            }

            var working = System.Threading.Tasks.Task.Run(() => Run(
                store, store.FindBatch(batch.Id)!, () =>
                {
                    if (Interlocked.Increment(ref ended) != 60) return;
                    Tell(trouble);
                    Tell("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{0}'");
                    if (locking.Length > 0) Tell("BEGIN");
                    Tell(locking);
                    arranged.SetResult();
                },
                note =>
                {
                    notes.Enqueue(note);
                    told.TrySetResult();
                }));
            await System.Threading.Tasks.Task.WhenAny(System.Threading.Tasks.Task.WhenAll(told.Task, arranged.Task), working);
            if (locking.Length > 0) Tell("ROLLBACK");
            Tell(relief);
            await working;

            Assert.Equal(2, notes.Count);
            Assert.Contains(said, notes.First(), StringComparison.Ordinal);
            Assert.Contains("the journal is asked again", notes.First(), StringComparison.Ordinal);
            Assert.Contains("answers again", notes.Last(), StringComparison.Ordinal);
            Assert.Equal((JournalBatchStatus.Completed, 200L), (store.FindBatch(batch.Id)!.Status, store.FindBatch(batch.Id)!.Completed));
            Assert.All(store.ReadTasks(TaskQuery.All), static task => Assert.Equal((1, 0), (task.Attempts, task.Crashes)));
            Assert.Empty(store.Check());
        }
        finally
        {
            server.Sql($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private static T OpenAt<T>(string location, Func<IJournalStore, T> work)
    {
        using var store = new Journal.Postgres.PostgresStoreFactory().Open(new StoreOptions(location, StoreAccess.Create));
        return work(store);
    }

    private static bool RunOn(string location, JournalBatch batch, Action? work = null, Action<string>? note = null) =>
        OpenAt(location, store => Run(store, batch, work, note));

    private static bool Run(IJournalStore store, JournalBatch batch, Action? work = null, Action<string>? note = null)
    {
        using var runner = new BatchRunner(
            store, new RunRequest(batch),
            new DelegateExecutor((_, _) =>
            {
                work?.Invoke();
                return null;
            }),
            new Listener(note), TimeProvider.System, ProcessTable.Instance);
        runner.Run(CancellationToken.None);
        return true;
    }

    private IJournalStore Through(Link link) => Fixture.Engine.Open(
        new StoreOptions(PostgresServer.Shared.Address(Fixture.Schema, port: link.Port) + "&Max Auto Prepare=0&SSL Mode=Disable&GSS Encryption Mode=Disable", StoreAccess.Create) { Time = Fixture.Time });

    private void AllDoneOnce(JournalBatch batch, int count)
    {
        Assert.Equal((JournalBatchStatus.Completed, count), (Again(batch).Status, Again(batch).Completed));
        var completions = Store.ReadEvents(new EventQuery { BatchIds = [batch.Id], Kinds = [JournalEventKind.Completed] }).Select(static e => e.TaskId).ToList();
        Assert.Equal((count, count), (completions.Count, completions.Distinct().Count()));
        IsSound();
    }

    private sealed class Listener(Action<string>? note) : IRunObserver
    {
        public void Report(AttemptReport report)
        {
        }

        public void Progress(RunProgress progress)
        {
        }

        public void Note(string text) => note?.Invoke(text);
    }
}
