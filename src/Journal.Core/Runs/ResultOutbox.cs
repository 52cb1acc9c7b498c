using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>
/// What one run writes to its pipeline, and what the journal knows of that. A result is in the outbox from its commit until the run that wrote it has
/// ended in order. What a stop left unwritten, the next run writes first; what a dead run may have written is in doubt until somebody asks for it.
/// </summary>
/// <remarks>Where the batch keeps its results, every run writes all of them, and they leave the outbox once a run has. Thread-safe: a signal may end the process while the pipeline's thread writes.</remarks>
public sealed class ResultOutbox
{
    private readonly IJournalStore _store;
    private readonly JournalBatch _batch;
    private readonly WorkerIdentity _worker;
    // What this run took over and has not written yet.
    private readonly Dictionary<long, (int Written, int Items)> _toCome = [];
    // Which results this run has written, where it writes all of the batch.
    private readonly HashSet<long> _written = [];
    private readonly Lock _gate = new();
    private long? _current;
    private bool _touched;

    /// <summary>The outbox of one run.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batch">The batch, as the run begins.</param>
    /// <param name="worker">The run's worker.</param>
    public ResultOutbox(IJournalStore store, JournalBatch batch, WorkerIdentity worker) => (_store, _batch, _worker) = (store, batch, worker);

    /// <summary>Whether the consumer has said that it wants no more.</summary>
    public bool IsSatisfied { get; private set; }

    private bool Keeps => _batch.Options.KeepResult;

    /// <summary>Takes over what earlier runs left.</summary>
    /// <param name="processes">Who lives.</param>
    /// <param name="redelivers">Whether that includes what dead runs may have written.</param>
    /// <returns>How many objects stay in doubt.</returns>
    public long Begin(IProcessTable processes, bool redelivers)
    {
        var shares = _store.ReadOutbox(_batch.Id);
        if (shares.Count == 0) return 0;
        var dead = InDoubt(_store, _batch, shares, processes).ToList();
        var taken = redelivers || Keeps ? dead : [];
        if ((taken.Count > 0 || shares.Any(static share => share.Writer is null)) && _store.TakeResults(_batch.Id, [.. taken.Select(static share => share.Writer!)], _worker) > 0) _touched = true;
        return dead.Except(taken).Sum(static share => share.Items);
    }

    /// <summary>What is to be written before the run begins: what was taken over; where results are kept, all that there are.</summary>
    public IEnumerable<StoredResult> First()
    {
        if (Keeps) return Unwritten();
        if (!_touched) return [];
        // Known before the first is written: a stop gives back what it leaves.
        lock (_gate) foreach (var result in Taken()) _toCome[result.TaskId] = (result.Written, result.Items);
        return Taken();
    }

    /// <summary>Where results are kept: those that this run has not written, because other workers recorded them meanwhile.</summary>
    public IEnumerable<StoredResult> Others() => Keeps ? Unwritten() : [];

    /// <summary>Whether the result of a task that this run has recorded is still to be written.</summary>
    public bool Wants(AttemptReport report)
    {
        if (report.Outcome is not MoveOutcome.Applied || report.Task.HasLaterStage) return false;
        if (report.Move.Report is { Result: not null, ResultAwaits: true }) _touched = true;
        return !Keeps || !_written.Contains(report.Task.Id);
    }

    /// <summary>Some of the objects of a task are written, or none yet.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="written">How many.</param>
    /// <param name="items">Of how many.</param>
    public void NoteProgress(long taskId, int written, int items)
    {
        lock (_gate) _toCome[taskId] = (written, items);
        _current = taskId;
    }

    /// <summary>All objects of a task are written.</summary>
    public void NoteWritten(long taskId)
    {
        lock (_gate) _toCome.Remove(taskId);
        _current = null;
        if (Keeps) _written.Add(taskId);
    }

    /// <summary>The consumer wants no more: it has what it asked for.</summary>
    public void NoteSatisfied() => IsSatisfied = true;

    /// <summary>The run has ended in order: what it wrote has arrived, as far as anybody can know.</summary>
    /// <param name="unreported">Ends of attempts that were recorded and whose output was not written.</param>
    /// <param name="isStopped">Whether the run was stopped: in order, too, but it has not written everything.</param>
    public void Settle(IEnumerable<AttemptReport> unreported, bool isStopped) => Settle(unreported, isStopped, Keeps ? WrittenResults.Stay : WrittenResults.Leave);

    /// <summary>The process is about to end: what was not written waits for the next run, and what was is in doubt.</summary>
    /// <param name="unreported">Ends of attempts that were recorded and whose output was not written.</param>
    public void Abandon(IEnumerable<AttemptReport> unreported) => Settle(unreported, isStopped: true, WrittenResults.AreInDoubt);

    /// <summary>How many objects the next run would have to write.</summary>
    /// <param name="unreported">Ends of attempts that were recorded and whose output was not written.</param>
    public long Waiting(IEnumerable<AttemptReport> unreported) => Keeps ? 0
        : Awaiting(unreported).Sum(static report => (long)report.Move.Report.ResultItems) + _toCome.Values.Sum(static left => (long)Math.Max(left.Items - left.Written, 1));

    /// <summary>The shares of a batch's outbox whose writers are dead: nobody knows what of them has arrived.</summary>
    /// <remarks>Of a worker that cannot be asked the leases tell: it lives as long as it holds one, and for the length of one after its latest result.</remarks>
    public static IEnumerable<OutboxShare> InDoubt(IJournalStore store, JournalBatch batch, IEnumerable<OutboxShare> shares, IProcessTable processes)
    {
        IReadOnlyList<InFlightTask>? held = null;
        foreach (var share in shares.Where(static share => share.Writer is not null))
        {
            var isDead = processes.Probe(share.Writer!) switch
            {
                Liveness.Dead => true,
                Liveness.Alive => false,
                _ => share.Newest + batch.Options.LeaseTimeout < store.Now
                    && !(held ??= store.ReadInFlight(batch.Id)).Any(task => task.Worker == share.Writer && !task.LeaseExpired),
            };
            if (isDead) yield return share;
        }
    }

    /// <summary>Whether the batch, though complete, has something that a run of its line would still write.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="processes">Who lives.</param>
    /// <param name="redelivers">Whether that includes what dead runs may have written.</param>
    public static bool IsUndelivered(IJournalStore store, JournalBatch batch, IProcessTable processes, bool redelivers)
    {
        var shares = store.ReadOutbox(batch.Id);
        return shares.Any(static share => share.Writer is null)
            || (shares.Count > 0 && (redelivers || batch.Options.KeepResult) && InDoubt(store, batch, shares, processes).Any());
    }

    private IEnumerable<StoredResult> Taken() => _store.ReadResults(new ResultQuery { BatchIds = [_batch.Id], AllStages = true, Writers = [_worker] });

    private IEnumerable<StoredResult> Unwritten() =>
        _store.ReadResults(new ResultQuery { BatchIds = [_batch.Id] }).Where(result => !_written.Contains(result.TaskId)).Select(static result => result with { Written = 0 });

    private static IEnumerable<AttemptReport> Awaiting(IEnumerable<AttemptReport> unreported) =>
        unreported.Where(static report => report is { Outcome: MoveOutcome.Applied, Move.Report: { Result: not null, ResultAwaits: true } });

    private void Settle(IEnumerable<AttemptReport> unreported, bool isStopped, WrittenResults written)
    {
        var awaiting = Awaiting(unreported).ToList();
        if (!_touched && awaiting.Count == 0) return;
        // Where all is kept, the output of a line is whole or it is not. A consumer that stopped with everything in hand has all of it.
        var isNone = Keeps && isStopped && (!IsSatisfied || awaiting.Count > 0 || Unwritten().Any());
        Dictionary<long, int> unwritten;
        lock (_gate) unwritten = Keeps ? [] : _toCome.ToDictionary(static left => left.Key, static left => left.Value.Written);
        // What is being written while the process ends is in doubt, too.
        if (written is WrittenResults.AreInDoubt && _current is { } current) unwritten.Remove(current);
        if (!Keeps) foreach (var report in awaiting) unwritten[report.Task.Id] = 0;
        _store.SettleResults(_batch.Id, _worker, isNone ? null : unwritten, written);
    }
}
