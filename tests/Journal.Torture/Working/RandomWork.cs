using Journal.Runs;
using Journal.Torture.Injuring;

namespace Journal.Torture.Working;

/// <summary>Work that mostly succeeds, sometimes fails in each way, and sometimes kills its process.</summary>
internal sealed class RandomWork(int seed, bool harmless, Ledger ledger)
{
    public object? Do(RunningTask task, CancellationToken stop)
    {
        ledger.Hold(1);
        try
        {
            return Roll(task, stop);
        }
        finally
        {
            ledger.Hold(-1);
        }
    }

    private int Roll(RunningTask task, CancellationToken stop)
    {
        var dice = Dice.Of(seed, task.Id, task.Task.Token);
        var roll = dice.Next(1000);
        if (dice.Next(8) == 0) task.AddQuota(dice.Next(1, 4), dice.Next(2) == 0 ? "north" : null);
        if (dice.Next(8) == 0) task.SetMetadata("roll", roll);
        // A third is instantaneous, so that commits are shared; a few are longer than a renewal.
        if (roll % 3 != 0) stop.WaitHandle.WaitOne(roll % 50 == 1 ? 300 : dice.Next(harmless ? 2 : 40));
        stop.ThrowIfCancellationRequested();
        if (harmless) return roll;
        switch (roll)
        {
            case < 8: Native.Die(); break;
            case < 70: throw new TimeoutException("The work took too long.");
            case < 90: throw new ArgumentException("The work cannot use this input.");
            case < 110: task.Skip("There is nothing to do."); break;
            default: break;
        }

        return roll;
    }
}
