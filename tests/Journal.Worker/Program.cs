using System.Globalization;
using Journal;
using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

// A worker to kill: Journal.Worker <journal> <batch>. It claims and completes tasks until none is left, recovers those of dead workers, and
// writes the id of each task it has recorded as completed on a line of its own.
var (path, batch) = (args[0], args[1]);
using var store = StoreLoader.For(path).Open(new StoreOptions(path, StoreAccess.Write));
var processes = ProcessTable.Instance;
var me = processes.NewWorker();
var lease = TimeSpan.FromMinutes(5);
IReadOnlyList<JournalTask> held = [];

while (true)
{
    var moves = held.Select(static task => TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing)).ToList();
    var turn = store.Exchange(new ExchangeRequest(me, batch, lease) { Moves = moves, Claim = 2 });
    for (var i = 0; i < held.Count; i++)
    {
        if (turn.Moves[i].Outcome == MoveOutcome.Applied) Console.WriteLine(held[i].Id.ToString(CultureInfo.InvariantCulture));
    }

    held = turn.Claimed;
    if (held.Count > 0) continue;
    if (turn.Batch.Counts.Open == 0) break;
    var dead = store.ReadInFlight(batch).Where(task => task.Worker is { } worker && processes.Probe(worker) == Liveness.Dead);
    store.Apply([.. dead.Select(static task => TaskMove.Recover(task.TaskId, task.Token, "Its process is gone."))], me);
    // The others are still at work; there is nothing to hear from them, so ask again a little later.
    Thread.Yield();
}
