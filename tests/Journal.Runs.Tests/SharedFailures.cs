using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs.Tests;

/// <summary>
/// Two workers that fail in step: as long as both run, neither ends an attempt before the other has begun one, nor begins one before its last one is
/// recorded.
/// </summary>
internal static class SharedFailures
{
    /// <summary>Runs both to their ends.</summary>
    /// <param name="batch">What they run.</param>
    /// <param name="one">The first one's way to the journal.</param>
    /// <param name="other">The second one's.</param>
    /// <param name="error">The error of the attempt with this number, counted over both.</param>
    /// <param name="results">How the runs ended.</param>
    /// <returns>How many attempts there were.</returns>
    public static int Run(JournalBatch batch, IJournalStore one, IJournalStore other, Func<int, Exception> error, out IReadOnlyList<RunResult> results)
    {
        using var step = new Barrier(2);
        var attempts = 0;
        var runs = new[] { one, other }.Select(store => System.Threading.Tasks.Task.Factory.StartNew(
            () =>
            {
                using var recorded = new SemaphoreSlim(1);
                var executor = new DelegateExecutor((_, stop) => Fail(recorded, stop));
                using var runner = new BatchRunner(store, new RunRequest(batch), executor, new Listener(recorded), TimeProvider.System, ProcessTable.Instance);
                try
                {
                    return runner.Run(CancellationToken.None);
                }
                finally
                {
                    step.RemoveParticipant();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        results = System.Threading.Tasks.Task.WhenAll(runs).GetAwaiter().GetResult();
        return attempts;

        object? Fail(SemaphoreSlim recorded, CancellationToken stop)
        {
            recorded.Wait(stop);
            step.SignalAndWait(stop);
            throw error(Interlocked.Increment(ref attempts));
        }
    }

    private sealed class Listener(SemaphoreSlim recorded) : IRunObserver
    {
        public void Report(AttemptReport report) => recorded.Release();

        public void Progress(RunProgress progress)
        {
        }

        public void Note(string text)
        {
        }
    }
}
