using Journal.Lifecycle;
using Journal.Workers;

namespace Journal.Storage;

/// <summary>
/// A journal that does not exist yet, for those who read it: it holds nothing. What must be there, and whatever would change it, is the error that there
/// is no journal.
/// </summary>
/// <param name="location">Where it would be, as users name it.</param>
public sealed class EmptyJournal(string location) : IJournalStore
{
    /// <inheritdoc/>
    public string Location => location;

    /// <inheritdoc/>
    public DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private JournalException Missing => JournalErrors.JournalNotFound(location);

    /// <inheritdoc/>
    public JournalInfo Describe() => throw Missing;

    /// <inheritdoc/>
    public JournalBatch CreateBatch(NewBatch batch, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public JournalBatch? CreateBatchAfter(NewBatch batch, string? newestKnown, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public JournalBatch? FindBatch(string batchId) => null;

    /// <inheritdoc/>
    public IEnumerable<JournalBatch> ReadBatches(BatchQuery query) => [];

    /// <inheritdoc/>
    public JournalBatch Apply(string batchId, BatchMove move, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public JournalBatch AmendBatch(string batchId, BatchAmendment amendment, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public IReadOnlyList<string> RemoveBatch(string batchId) => throw Missing;

    /// <inheritdoc/>
    public AddResult AddTasks(string batchId, IReadOnlyList<NewTask> tasks, WorkerIdentity? by = null, bool mends = false) => throw Missing;

    /// <inheritdoc/>
    public JournalTask? FindTask(long taskId) => null;

    /// <inheritdoc/>
    public IEnumerable<JournalTask> ReadTasks(TaskQuery query) => [];

    /// <inheritdoc/>
    public long CountTasks(TaskQuery query) => 0;

    /// <inheritdoc/>
    public string? ReadResult(long taskId, string stage) => null;

    /// <inheritdoc/>
    public IEnumerable<StoredResult> ReadResults(ResultQuery query) => [];

    /// <inheritdoc/>
    public IReadOnlyList<OutboxShare> ReadOutbox(string? batchId) => [];

    /// <inheritdoc/>
    public long TakeResults(string batchId, IReadOnlyList<WorkerIdentity> from, WorkerIdentity by) => throw Missing;

    /// <inheritdoc/>
    public void SettleResults(string batchId, WorkerIdentity by, IReadOnlyDictionary<long, int>? unwritten, WrittenResults written) => throw Missing;

    /// <inheritdoc/>
    public ExchangeResult Exchange(ExchangeRequest request) => throw Missing;

    /// <inheritdoc/>
    public IReadOnlyList<MoveResult> Apply(IReadOnlyList<TaskMove> moves, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public long ApplyToAll(TaskMove move, TaskQuery scope, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public JournalTask AmendTask(long taskId, TaskAmendment amendment, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public int RenewLeases(WorkerIdentity worker, string batchId, TimeSpan lease) => throw Missing;

    /// <inheritdoc/>
    public IReadOnlyList<InFlightTask> ReadInFlight(string? batchId) => [];

    /// <inheritdoc/>
    public void AddTempFile(long taskId, string path) => throw Missing;

    /// <inheritdoc/>
    public IReadOnlyList<string> ReadTempFiles(long taskId) => [];

    /// <inheritdoc/>
    public void ClearTempFiles(long taskId) => throw Missing;

    /// <inheritdoc/>
    public IEnumerable<JournalAttempt> ReadAttempts(AttemptQuery query) => [];

    /// <inheritdoc/>
    public IReadOnlyList<AttemptTally> TallyAttempts() => [];

    /// <inheritdoc/>
    public void AddEvent(string batchId, long? taskId, NewEvent entry, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public IEnumerable<JournalEvent> ReadEvents(EventQuery query) => [];

    /// <inheritdoc/>
    public IEnumerable<TaskGroup> GroupTasks(GroupQuery query) => [];

    /// <inheritdoc/>
    public BatchFigures ReadFigures(string batchId) => throw Missing;

    /// <inheritdoc/>
    public JournalCheckpoint? FindCheckpoint(string? batchId, string name) => null;

    /// <inheritdoc/>
    public IReadOnlyList<JournalCheckpoint> ReadCheckpoints(string? batchId) => [];

    /// <inheritdoc/>
    public JournalCheckpoint SetCheckpoint(string? batchId, string name, string json, DateTimeOffset? at = null) => throw Missing;

    /// <inheritdoc/>
    public bool ClearCheckpoint(string? batchId, string name) => false;

    /// <inheritdoc/>
    public IReadOnlyList<ImportResult> Import(IReadOnlyList<FullBatch> batches, WorkerIdentity? by = null) => throw Missing;

    /// <inheritdoc/>
    public IReadOnlyList<string> Check() => throw Missing;

    /// <inheritdoc/>
    public void BackUp(string path) => throw Missing;

    /// <inheritdoc/>
    public void Optimize() => throw Missing;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
