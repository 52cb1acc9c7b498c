using System.Reflection;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Runs.Tests;

/// <summary>A server that goes away for a while costs a run nothing but time, and one that is gone for good ends it.</summary>
public sealed class ReachTests : RunnerFixture
{
    [Fact]
    public void A_run_outlives_a_journal_that_is_out_of_reach_for_a_while()
    {
        var batch = Start(20);
        var listener = new Listener();
        var away = Away.From(Store, (method, call) => method == nameof(IJournalStore.Exchange) && call is 2 or 3);

        var result = Run(batch, static (_, _) => null, listener, store: away);

        Assert.Equal((RunEnd.Done, 20L), (result.End, result.Completed));
        Assert.Equal(20, listener.Reports.Select(static report => report.Task.Key).Distinct().Count());
        Assert.Single(listener.Notes, static note => note.Contains("cannot be reached", StringComparison.Ordinal));
        Assert.Single(listener.Notes, static note => note.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_repeated_is_the_very_same_exchange()
    {
        var batch = Start(5);
        var requests = new List<object>();
        var away = Away.From(Store, (method, call) => method == nameof(IJournalStore.Exchange) && call == 2, requests.Add);

        Run(batch, static (_, _) => null, store: away);

        Assert.Same(requests[1], requests[2]);
    }

    [Fact]
    public void A_journal_that_stays_away_ends_the_run_a_lease_after_its_leases_ended()
    {
        var batch = Start(3, BatchOptions.Default with { LeaseTimeout = TimeSpan.FromMilliseconds(200) });
        var away = Away.From(Store, static (method, call) => method == nameof(IJournalStore.Exchange) && call > 1);

        var error = Assert.Throws<JournalException>(() => Run(batch, static (_, _) => null, store: away));

        Assert.Equal(nameof(JournalErrors.JournalUnreachable), error.ErrorId);
    }

    [Fact]
    public void A_stop_does_not_wait_for_a_journal_that_is_away()
    {
        var batch = Start(3);
        using var stop = new CancellationTokenSource();
        var away = Away.From(Store, (method, call) =>
        {
            if (method != nameof(IJournalStore.Exchange) || call == 1) return false;
            stop.Cancel();
            return true;
        });

        Assert.Equal(nameof(JournalErrors.JournalUnreachable), Assert.Throws<JournalException>(() => Run(batch, static (_, _) => null, store: away, stop: stop.Token)).ErrorId);
    }

    [Fact]
    public void A_task_that_notes_a_file_or_asks_for_a_result_waits_for_the_journal()
    {
        var batch = Start(1);
        var away = Away.From(Store, static (method, call) => method is nameof(IJournalStore.AddTempFile) && call <= 2);

        var noted = 0;
        var result = Run(batch, (task, _) =>
        {
            task.AddTempFile(Path.Combine(Path.GetTempPath(), "no such file"));
            noted = Store.ReadTempFiles(task.Id).Count;
            return null;
        }, store: away);

        Assert.Equal((1L, 1), (result.Completed, noted));
    }

    [Theory]
    [InlineData(nameof(JournalErrors.JournalNotReady))]
    [InlineData(nameof(JournalErrors.JournalBusy))]
    public void A_run_outlives_a_journal_that_does_not_take_it_for_a_while(string errorId)
    {
        var batch = Start(20);
        var listener = new Listener();
        var away = Away.From(Store, (method, call) => method == nameof(IJournalStore.Exchange) && call is 2 or 3 ? throw Error(errorId) : false);

        var result = Run(batch, static (_, _) => null, listener, store: away);

        Assert.Equal((RunEnd.Done, 20L), (result.End, result.Completed));
        Assert.Single(listener.Notes, static note => note.Contains("the journal is asked again", StringComparison.Ordinal));
        Assert.Single(listener.Notes, static note => note.Contains("answers again", StringComparison.Ordinal));
    }

    // Whichever call it is that fails, and whether the claim that it carried was made.
    [Theory]
    [InlineData(nameof(IJournalStore.Exchange), 1, false)]
    [InlineData(nameof(IJournalStore.Exchange), 1, true)]
    [InlineData(nameof(IJournalStore.Exchange), 2, false)]
    [InlineData(nameof(IJournalStore.Exchange), 2, true)]
    [InlineData(nameof(IJournalStore.RenewLeases), 1, false)]
    public void A_run_that_an_error_of_its_journal_ends_gives_back_what_it_holds_uncounted(string failing, int at, bool isMade)
    {
        var batch = Start(40, BatchOptions.Default with { LeaseTimeout = TimeSpan.FromSeconds(1) });
        using var failed = new ManualResetEventSlim();
        var broken = Away.From(Store, (method, call) => method == failing && call == at ? Break() : false, after: isMade);
        bool Break()
        {
            failed.Set();
            throw JournalErrors.JournalWriteFailed("postgresql://server", "no.");
        }

        var ran = 0;
        var error = Assert.Throws<JournalException>(() => Run(batch, (_, stop) =>
        {
            if (failing == nameof(IJournalStore.RenewLeases) && Interlocked.Increment(ref ran) == 10) failed.Wait(CancellationToken.None);
            return null;
        }, with: static request => request with { Degree = 2 }, store: broken));

        Assert.Equal(nameof(JournalErrors.JournalWriteFailed), error.ErrorId);
        Assert.Equal(0, Find(batch).InProgress);
        Assert.Equal(40, Run(batch, static (_, _) => null).State.Counts.Completed);
        Assert.All(Tasks(batch), static task => Assert.Equal((0, 1), (task.Crashes, task.Attempts)));
    }

    [Fact]
    public void One_end_that_cannot_be_recorded_gives_its_own_task_back_and_no_other()
    {
        var batch = Start(40);
        var poison = Tasks(batch)[20].Id;
        var ends = 0;
        var broken = Away.From(Store, static (_, _) => false, request =>
        {
            if (!((ExchangeRequest)request).Moves.Any(move => move.TaskId == poison && move.Kind is TaskMoveKind.Complete)) return;
            ends++;
            throw JournalErrors.JournalWriteFailed("postgresql://server", "no.");
        });

        Assert.Throws<JournalException>(() => Run(batch, static (_, _) => null, store: broken));

        Assert.Equal(2, ends);
        Assert.Equal(0, Find(batch).InProgress);
        Assert.Equal(JournalTaskStatus.Pending, Store.FindTask(poison)!.Status);
        Assert.All(Tasks(batch), static task => Assert.Equal(0, task.Crashes));
        Assert.InRange(Find(batch).Completed, 1, 39);
    }

    private static JournalException Error(string errorId) => errorId == nameof(JournalErrors.JournalBusy)
        ? JournalErrors.JournalBusy("postgresql://server", TimeSpan.FromSeconds(1))
        : JournalErrors.JournalNotReady("postgresql://server", "it takes no writes.");

    /// <summary>A store whose server is away at some calls.</summary>
    public class Away : DispatchProxy
    {
        private readonly Dictionary<string, int> _calls = [];
        private IJournalStore _store = null!;
        private Func<string, int, bool> _isAway = null!;
        private Action<object>? _heard;
        private bool _after;

        public static IJournalStore From(IJournalStore store, Func<string, int, bool> isAway, Action<object>? heard = null, bool after = false)
        {
            var proxy = Create<IJournalStore, Away>();
            ((Away)proxy)._store = store;
            ((Away)proxy)._isAway = isAway;
            ((Away)proxy)._heard = heard;
            ((Away)proxy)._after = after;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            int call;
            lock (_calls) call = _calls[targetMethod!.Name] = _calls.GetValueOrDefault(targetMethod.Name) + 1;
            if (args is [ExchangeRequest request]) _heard?.Invoke(request);
            try
            {
                var answer = _after ? targetMethod.Invoke(_store, args) : null;
                if (_isAway(targetMethod.Name, call)) throw JournalErrors.JournalUnreachable("postgresql://server", "the link is down.");
                return _after ? answer : targetMethod.Invoke(_store, args);
            }
            catch (TargetInvocationException e)
            {
                throw e.InnerException!;
            }
        }
    }
}
