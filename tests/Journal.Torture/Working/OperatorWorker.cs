using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>Does to a batch under way what people do: all kinds of orders, at random, without end.</summary>
internal sealed class OperatorWorker(IJournalStore store, WorkerOrder order, Ledger ledger, IProcessTable processes)
{
    private readonly Random _dice = new(order.Seed);
    private int _copies;

    public int Run()
    {
        while (true)
        {
            try
            {
                if (Order() is { } code) return code;
            }
            catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.IllegalBatchMove) or nameof(JournalErrors.IllegalMove) or nameof(JournalErrors.LeaseLost))
            {
                // Somebody was faster.
            }

            Thread.Sleep(_dice.Next(30));
        }
    }

    private int? Order()
    {
        var all = new TaskQuery { BatchIds = [order.BatchId] };
        var few = all with { First = 3, Skip = _dice.Next(40) };
        switch (_dice.Next(14))
        {
            case 0: store.Apply(order.BatchId, BatchMove.Pause("for a moment", _dice.Next(2) == 0 ? store.Now.AddSeconds(1) : null)); break;
            case 1 or 2: store.Apply(order.BatchId, BatchMove.Resume("go on")); break;
            case 3: Add(); break;
            case 4: store.ApplyToAll(TaskMove.Requeue(0, "once more"), few with { First = 50 }); break;
            case 5: store.ApplyToAll(TaskMove.Skip(0, null, "leave it"), few with { First = 1 }); break;
            case 6: store.ApplyToAll(TaskMove.Cancel(0, "no more"), few with { First = 1 }); break;
            case 7: Amend(few); break;
            case 8: BatchRecovery.Recover(store, order.BatchId, processes, null); break;
            // A copy of a server's journal is another kind of journal, with a history of its own.
            case 9 when order.Host.Length == 0: Copy(); break;
            case 10: store.SetCheckpoint(order.BatchId, "seen", $$"""{"n":{{_dice.Next()}}}"""); break;
            case 11: return Check();
            case 12: _ = store.GroupTasks(new GroupQuery(all, [TaskGroupings.Parse("Status")])).Count(); break;
            default: _ = store.ReadTasks(all).Count() + store.ReadEvents(new EventQuery { BatchIds = [order.BatchId] }).Count(); break;
        }

        return null;
    }

    private void Add()
    {
        var key = $"later {order.Seed} {_dice.Next(1000)}";
        store.AddTasks(order.BatchId, [new NewTask(key, TaskInput.OfText(key))]);
        ledger.Added(key);
    }

    private void Amend(TaskQuery few)
    {
        foreach (var task in store.ReadTasks(few).ToList())
        {
            store.AmendTask(task.Id, new TaskAmendment { Priority = _dice.Next(3), Metadata = JsonMap.Parse("""{"touched":true}""") });
        }
    }

    private void Copy()
    {
        var path = $"{order.Ledger}.copy{_copies++}";
        store.BackUp(path);
        ledger.BackedUp(path);
    }

    private int? Check()
    {
        var problems = store.Check();
        if (problems.Count == 0) return null;
        foreach (var problem in problems) Console.Error.WriteLine(problem);
        return WorkerProgram.CheckFailed;
    }
}
