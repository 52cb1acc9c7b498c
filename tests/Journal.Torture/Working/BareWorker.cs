using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>
/// Works by exchanges alone, carelessly: it forgets tasks, reports twice and under tokens that it never had, and renews its leases when it
/// thinks of it.
/// </summary>
internal sealed class BareWorker(IJournalStore store, WorkerOrder order, Ledger ledger, IProcessTable processes)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);

    private readonly Random _dice = new(order.Seed);
    private readonly WorkerIdentity _worker = processes.NewWorker();

    public int Run()
    {
        var held = new List<JournalTask>();
        while (store.FindBatch(order.BatchId) is { } batch && (batch.IsIncomplete || held.Count > 0))
        {
            var moves = held.Where(_ => _dice.Next(20) > 0).Select(task => Move(task, batch)).ToList();
            if (moves.Count > 0 && _dice.Next(10) == 0) moves.Add(moves[0]);
            if (moves.Count > 0 && _dice.Next(10) == 0) moves.Add(TaskMove.Complete(moves[0].TaskId, moves[0].Token + 1, TaskReport.Nothing));
            var request = new ExchangeRequest(_worker, order.BatchId, Lease) { Moves = moves, Claim = _dice.Next(1, 6) };
            var result = store.Exchange(request);
            var seen = new HashSet<(long, long?)>();
            for (var i = 0; i < moves.Count; i++)
            {
                var first = seen.Add((moves[i].TaskId, moves[i].Token));
                if (result.Moves[i].Outcome is MoveOutcome.Applied) ledger.Recorded(moves[i]);
                else if (first && held.Exists(task => task.Id == moves[i].TaskId && task.Token == moves[i].Token)) ledger.Fenced(moves[i]);
            }

            ledger.Hold(result.Claimed.Count - held.Count);
            held = [.. result.Claimed];
            if (_dice.Next(5) == 0) store.RenewLeases(_worker, order.BatchId, Lease);
            // Often: a worker that stands frozen has its tasks taken before it wakes and reports them.
            if (held.Count == 0 || _dice.Next(4) == 0) BatchRecovery.Recover(store, order.BatchId, processes, _worker);
            // What it does with its tasks.
            Thread.Sleep(_dice.Next(_dice.Next(20) == 0 ? 500 : 20));
        }

        return 0;
    }

    private TaskMove Move(JournalTask task, JournalBatch batch)
    {
        var report = new TaskReport { Quota = _dice.Next(3), Metadata = JsonMap.Parse("""{"by":"hand"}""") };
        var error = new TaskError(JournalErrorCategory.NetworkError, "The network is down.", "The network is down.");
        return _dice.Next(20) switch
        {
            0 => TaskMove.Fail(task.Id, task.Token, error, report),
            1 => TaskMove.Retry(task.Id, task.Token, error, report, store.Now, null, "again"),
            2 => TaskMove.Release(task.Id, task.Token, "not now"),
            3 => TaskMove.Skip(task.Id, task.Token, "not needed"),
            4 => TaskMove.Refund(task.Id, task.Token, error, report, null, null, "not its fault"),
            _ when StageNaming.HasLater(batch, task.Stage) => TaskMove.Advance(task.Id, task.Token, report, null, keepsClaim: false),
            _ => TaskMove.Complete(task.Id, task.Token, report),
        };
    }
}
