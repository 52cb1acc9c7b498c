using Journal.Runs;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>A process that runs a batch with limits, by the product's own runner; it says "at work" once it has a task, and may be killed.</summary>
internal static class PaceWorker
{
    public const string Verb = "pace";

    /// <summary>The arguments: the journal, the batch, how many tasks at once.</summary>
    public static string[] Order(string journal, string batchId, int degree) => [Verb, journal, batchId, degree.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    public static int Run(string[] arguments)
    {
        using var store = new SqliteStoreFactory().Open(new StoreOptions(arguments[1], StoreAccess.Write));
        var said = 0;
        var executor = new DelegateExecutor((_, _) =>
        {
            if (Interlocked.Exchange(ref said, 1) == 0) Console.WriteLine("at work");
            return null;
        });
        var request = new RunRequest(store.RequireBatch(arguments[2])) { Degree = int.Parse(arguments[3], System.Globalization.CultureInfo.InvariantCulture) };
        using var runner = new BatchRunner(store, request, executor, new Silent(), TimeProvider.System, ProcessTable.Instance);
        return runner.Run(CancellationToken.None).End is RunEnd.Done ? 0 : 1;
    }

    private sealed class Silent : IRunObserver
    {
        public void Report(AttemptReport report)
        {
        }

        public void Progress(RunProgress progress)
        {
        }

        public void Note(string text)
        {
        }
    }
}
