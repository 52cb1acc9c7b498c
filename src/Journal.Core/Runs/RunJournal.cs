using Journal.Lifecycle;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>
/// A run's calls to its journal, which may be out of reach or not ready for a while: a server that restarts or fails over, a link that is down, a lock that
/// somebody else holds (<see cref="JournalException.Passes"/>). A call is made again, later and later, while the attempts under way go on. A store makes an
/// exchange that is asked for again only once, and fences what comes too late.
/// </summary>
/// <remarks>
/// It gives up one lease after the leases in hand have ended: until then others have taken over, and the run goes on as soon as there is an
/// answer. Once the user stops the run, it gives up within seconds. What a call raises then is JournalUnreachable, JournalNotReady or JournalBusy.
/// </remarks>
internal sealed class RunJournal(RunRequest request, IJournalStore store, RunBoard board, WorkerIdentity worker, TimeProvider time, Random random)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StoppedLimit = TimeSpan.FromSeconds(5);

    /// <summary>The run's worker.</summary>
    public WorkerIdentity Worker => worker;

    /// <summary>The time by the journal's clock: what is to happen later is waited for by it, on other machines too.</summary>
    public DateTimeOffset Now => store.Now;

    private string BatchId => request.Batch.Id;

    private TimeSpan Lease => request.Batch.Options.LeaseTimeout;

    // For the writer -----------------------------------------------------------------------------------------------

    /// <summary>The figures of the batch.</summary>
    public BatchFigures ReadFigures() => Call(() => store.ReadFigures(BatchId));

    /// <summary>Takes back the tasks of dead workers.</summary>
    public IReadOnlyList<RecoveredTask> Recover(IProcessTable processes) => Call(() => BatchRecovery.Recover(store, BatchId, processes, worker));

    /// <summary>Records moves and claims tasks.</summary>
    public ExchangeResult Exchange(IReadOnlyList<TaskMove> moves, int claim = 0)
    {
        var exchange = new ExchangeRequest(worker, BatchId, Lease) { Moves = moves, Claim = claim, Chunk = request.ChunkSize ?? 1, Stage = request.Stage };
        return Call(() => store.Exchange(exchange));
    }

    /// <summary>Records a move, and does not try again where that fails.</summary>
    public void ExchangeOnce(TaskMove move) => store.Exchange(new ExchangeRequest(worker, BatchId, Lease) { Moves = [move] });

    /// <summary>Renews the leases.</summary>
    /// <returns>Until when they last by this machine's clock.</returns>
    public DateTimeOffset RenewLeases() => Call(() =>
    {
        // Told from before the call that gets through: when the journal renewed them is not known to the instant.
        var now = time.GetUtcNow();
        store.RenewLeases(worker, BatchId, Lease);
        return now + Lease;
    });

    /// <summary>Records how far an attempt is.</summary>
    public void ShowProgress(long taskId, double? percent, string? text) => Call(() => store.AmendTask(taskId, new TaskAmendment { Progress = percent, ProgressText = text }));

    /// <summary>The failures in a row of all workers of the batch.</summary>
    public SharedStreak ReadStreak(int threshold, DateTimeOffset since) => Call(() => SharedStreak.Read(store, BatchId, threshold, since));

    /// <summary>Who holds tasks of the batch.</summary>
    public IReadOnlyList<InFlightTask> ReadInFlight() => Call(() => store.ReadInFlight(BatchId));

    /// <summary>The same, not tried again where it fails.</summary>
    public IReadOnlyList<InFlightTask> ReadInFlightOnce() => store.ReadInFlight(BatchId);

    /// <summary>The batch as it stands; null where it was removed.</summary>
    public JournalBatch? FindBatch() => Call(() => store.FindBatch(BatchId));

    /// <summary>Makes a move of the batch.</summary>
    public JournalBatch Apply(BatchMove move) => Call(() => store.Apply(BatchId, move, worker));

    // For the attempts ---------------------------------------------------------------------------------------------

    /// <summary>What an earlier stage of a task emitted, as JSON; null when it emitted nothing.</summary>
    public string? ReadResult(long taskId, string stage) => Call(() => store.ReadResult(taskId, stage));

    /// <summary>What attempts of this run have charged that is not recorded yet.</summary>
    public UnrecordedQuota Unrecorded => board.Tally.Unrecorded;

    /// <summary>What the projects of a quota had used when it was looked last.</summary>
    public QuotaUse QuotaUse => board.State.QuotaUse ?? QuotaUse.None;

    /// <summary>Whether a task matches that is not this one.</summary>
    public bool HasOther(TaskQuery query, long taskId) => Call(() => store.ReadTasks(query).Any(task => task.Id != taskId));

    /// <summary>Records an event of the work's own.</summary>
    public void AddEvent(long taskId, NewEvent entry) => Call(() => store.AddEvent(BatchId, taskId, entry, request.Worker));

    /// <summary>Notes a temporary file of a task.</summary>
    public void AddTempFile(long taskId, string path) => Call(() => store.AddTempFile(taskId, path));

    /// <summary>Forgets the temporary files of a task.</summary>
    public void ClearTempFiles(long taskId) => Call(() => store.ClearTempFiles(taskId));

    // Until it answers ---------------------------------------------------------------------------------------------

    private T Call<T>(Func<T> call)
    {
        DateTimeOffset? stopped = null;
        for (var tries = 0; ; tries++)
        {
            try
            {
                var answer = call();
                if (tries > 0) board.Note("The journal answers again.");
                return answer;
            }
            catch (JournalException e) when (e.Passes)
            {
                var now = time.GetUtcNow();
                if (board.End is RunEnd.Interrupted) stopped ??= now;
                if (now >= board.LeaseEnd + Lease || now - stopped >= StoppedLimit) throw;
                if (tries == 0) board.Note($"{e.Message} What is under way goes on; the journal is asked again.");
                board.WaitUnlessStopped(WaitBefore(tries));
            }
        }
    }

    private void Call(Action call) => Call(() =>
    {
        call();
        return true;
    });

    // Twice as long each time, and spread, so that many workers do not come back in one instant.
    private TimeSpan WaitBefore(int tries)
    {
        var wait = ShortestWait * Math.Pow(2, Math.Min(tries, 10));
        return (wait < LongestWait ? wait : LongestWait) * (0.5 + (random.NextDouble() / 2));
    }
}
