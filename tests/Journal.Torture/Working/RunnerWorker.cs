using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>Works through the runner, run after run; some runs are stopped, or told that the process is about to end.</summary>
internal sealed class RunnerWorker(IJournalStore store, WorkerOrder order, Ledger ledger, TimeProvider time, IProcessTable processes) : IRunObserver
{
    private readonly Random _dice = new(order.Seed);
    private readonly bool _harmless = order.Manner == WorkerManner.Finisher;

    public int Run()
    {
        while (store.FindBatch(order.BatchId) is { IsIncomplete: true } batch)
        {
            if (batch.Status is JournalBatchStatus.Paused) Resume();
            var work = new RandomWork(order.Seed, _harmless, ledger);
            var request = new RunRequest(batch) { Degree = _dice.Next(1, 4) };
            using var runner = new BatchRunner(store, request, new DelegateExecutor(work.Do), this, time, processes, random: _dice);
            using var stop = new CancellationTokenSource();
            var roll = _harmless ? 9 : _dice.Next(10);
            if (roll < 3) stop.CancelAfter(_dice.Next(20, 400));
            if (roll != 3)
            {
                runner.Run(stop.Token);
                continue;
            }

            using var last = new Timer(_ => { runner.StopNow(); Environment.Exit(0); }, null, _dice.Next(20, 400), Timeout.Infinite);
            runner.Run(stop.Token);
        }

        return 0;
    }

    public void Report(AttemptReport report)
    {
        if (report.Outcome is MoveOutcome.Applied) ledger.Recorded(report.Move);
        else ledger.Fenced(report.Move);
    }

    public void Progress(RunProgress progress)
    {
    }

    public void Note(string text)
    {
    }

    private void Resume()
    {
        try
        {
            store.Apply(order.BatchId, BatchMove.Resume("A worker goes on."));
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.IllegalBatchMove))
        {
            // It ended in the same moment.
        }
    }
}
