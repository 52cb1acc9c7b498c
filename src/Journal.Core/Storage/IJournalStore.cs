using Journal.Lifecycle;
using Journal.Workers;

namespace Journal.Storage;

/// <summary>
/// Where batches and tasks are kept. A store applies what <see cref="TaskLifecycle"/> and <see cref="BatchLifecycle"/> decide, each call in one
/// transaction that is durable when the call returns, and knows no policy. Its methods may be called from any thread; they block, and
/// raise <see cref="JournalException"/> for whatever goes wrong, after which nothing has changed; only after JournalUnreachable it may have.
/// </summary>
/// <remarks>
/// Times that a store stamps (creation, events, leases) come from one clock of its choosing: the TimeProvider it was opened with, or its server's.
/// Enumerables stream on a snapshot of their own: writing while one is being read is fine.
/// </remarks>
public interface IJournalStore : IDisposable
{
    /// <summary>The journal as users name it: a full path, or an address without its password.</summary>
    string Location { get; }

    /// <summary>The time by the store's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>What the journal is and holds.</summary>
    JournalInfo Describe();

    // Batches ----------------------------------------------------------------------------------------------------

    /// <summary>Creates a batch, Ready, under the first free id of <see cref="BatchNaming.CandidateIds"/>.</summary>
    JournalBatch CreateBatch(NewBatch batch, WorkerIdentity? by = null);

    /// <summary>Creates a batch unless somebody else has begun one of its name, asked and done in one transaction: two that begin at once begin one.</summary>
    /// <param name="batch">What to create.</param>
    /// <param name="newestKnown">The id of the newest batch of that name that the caller knows; null where it knows none.</param>
    /// <param name="by">Who orders it.</param>
    /// <returns>The new batch; null where there is a newer one than the caller knows.</returns>
    JournalBatch? CreateBatchAfter(NewBatch batch, string? newestKnown, WorkerIdentity? by = null);

    /// <summary>The batch with an id, or null.</summary>
    JournalBatch? FindBatch(string batchId);

    /// <summary>Batches that match, newest first unless the query says otherwise.</summary>
    IEnumerable<JournalBatch> ReadBatches(BatchQuery query);

    /// <summary>Makes a batch's move; a Cancel also cancels its open tasks.</summary>
    /// <returns>The batch after the move.</returns>
    /// <exception cref="JournalException">BatchNotFound, IllegalBatchMove.</exception>
    JournalBatch Apply(string batchId, BatchMove move, WorkerIdentity? by = null);

    /// <summary>Sets what is not a move: options, metadata, settings, source. Members that are null stay.</summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    JournalBatch AmendBatch(string batchId, BatchAmendment amendment, WorkerIdentity? by = null);

    /// <summary>Removes a batch with everything that belongs to it.</summary>
    /// <returns>The registered temporary files of its tasks, which are the caller's to delete.</returns>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    IReadOnlyList<string> RemoveBatch(string batchId);

    // Tasks ------------------------------------------------------------------------------------------------------

    /// <summary>Adds the tasks whose keys the batch does not have yet. An ended batch is opened again when something was added.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="tasks">The tasks; of those with one key the first counts.</param>
    /// <param name="by">Who adds them.</param>
    /// <param name="mends">
    /// Whether a task that the batch has takes the input that is given where it is another one, see <see cref="Shared.AmendmentRules.TakesInput"/>; with the
    /// input go its weight, priority, source type and metadata. Each is told in the history.
    /// </param>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    AddResult AddTasks(string batchId, IReadOnlyList<NewTask> tasks, WorkerIdentity? by = null, bool mends = false);

    /// <summary>The task with an id, or null.</summary>
    JournalTask? FindTask(long taskId);

    /// <summary>Tasks that match, streamed.</summary>
    IEnumerable<JournalTask> ReadTasks(TaskQuery query);

    /// <summary>How many tasks match.</summary>
    long CountTasks(TaskQuery query);

    /// <summary>What a task emitted in an earlier stage, as JSON; null when it emitted nothing.</summary>
    string? ReadResult(long taskId, string stage);

    // Results ----------------------------------------------------------------------------------------------------

    /// <summary>Recorded results that match, streamed: those of the outbox in the order in which they were recorded, others in the order of their tasks and stages.</summary>
    IEnumerable<StoredResult> ReadResults(ResultQuery query);

    /// <summary>What waits in the outbox, by who writes it.</summary>
    /// <param name="batchId">Of one batch, or null for all.</param>
    IReadOnlyList<OutboxShare> ReadOutbox(string? batchId);

    /// <summary>Hands results of the outbox to a worker, which then writes them: those that nobody writes, and those of some workers that are dead.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    long TakeResults(string batchId, IReadOnlyList<WorkerIdentity> from, WorkerIdentity by);

    /// <summary>Settles the results of the outbox that a worker writes.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="by">The worker.</param>
    /// <param name="unwritten">Tasks whose results are not written, or not to their end, with how many of their objects are: the next run writes the rest. Null: all are unwritten.</param>
    /// <param name="written">What becomes of the others.</param>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    void SettleResults(string batchId, WorkerIdentity by, IReadOnlyDictionary<long, int>? unwritten, WrittenResults written);

    // Moves ------------------------------------------------------------------------------------------------------

    /// <summary>Applies moves in their order and then hands out tasks, all in one transaction and one commit: completing one claims the next.</summary>
    /// <returns>What became of each move, in the same order, the claimed tasks in the order they should run, and where the batch stands.</returns>
    /// <remarks>
    /// After JournalUnreachable nobody knows yet whether it took effect. It may be asked for again with the same request object, as often as one
    /// likes: it is made once, and answered as it was made.
    /// </remarks>
    /// <exception cref="JournalException">BatchNotFound, JournalUnreachable.</exception>
    ExchangeResult Exchange(ExchangeRequest request);

    /// <summary>Applies single moves, of any batches and anybody's, in one transaction: here the token alone is the fence.</summary>
    /// <returns>What became of each, in the same order. A move that does not apply changes nothing and does not hinder the others.</returns>
    IReadOnlyList<MoveResult> Apply(IReadOnlyList<TaskMove> moves, WorkerIdentity? by = null);

    /// <summary>Applies one move to every task that matches and may make it, in one transaction.</summary>
    /// <param name="move">The move, made with task id 0 and no token.</param>
    /// <param name="scope">Which tasks; those in a state the move does not start from are left alone.</param>
    /// <param name="by">Who orders it.</param>
    /// <returns>How many moved.</returns>
    long ApplyToAll(TaskMove move, TaskQuery scope, WorkerIdentity? by = null);

    /// <summary>Sets what is not a move: stage, priority, weight, metadata, progress, the lease. Members that are null stay.</summary>
    /// <exception cref="JournalException">TaskNotFound, LeaseLost (when a token is given that no longer holds), StageNotFound, IllegalMove (a stage set while in progress).</exception>
    JournalTask AmendTask(long taskId, TaskAmendment amendment, WorkerIdentity? by = null);

    /// <summary>Extends the leases that a worker holds.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="batchId">In which batch.</param>
    /// <param name="lease">How long from now.</param>
    /// <returns>How many leases it still holds.</returns>
    int RenewLeases(WorkerIdentity worker, string batchId, TimeSpan lease);

    /// <summary>The tasks in progress, with what recovery needs to judge them.</summary>
    /// <param name="batchId">Of one batch, or null for all.</param>
    IReadOnlyList<InFlightTask> ReadInFlight(string? batchId);

    /// <summary>Notes a temporary file of a task, so that recovery can delete it.</summary>
    void AddTempFile(long taskId, string path);

    /// <summary>The temporary files noted for a task.</summary>
    IReadOnlyList<string> ReadTempFiles(long taskId);

    /// <summary>Forgets the temporary files noted for a task.</summary>
    void ClearTempFiles(long taskId);

    // History and figures ----------------------------------------------------------------------------------------

    /// <summary>Ended attempts that match, by task and number.</summary>
    IEnumerable<JournalAttempt> ReadAttempts(AttemptQuery query);

    /// <summary>The attempts of every batch that have ended, counted in one pass by how they ended and how long they took.</summary>
    IReadOnlyList<AttemptTally> TallyAttempts();

    /// <summary>Records an event of the user's own.</summary>
    /// <param name="batchId">About which batch.</param>
    /// <param name="taskId">About which task of it; null for the batch as a whole.</param>
    /// <param name="entry">The event.</param>
    /// <param name="by">Who records it.</param>
    /// <exception cref="JournalException">BatchNotFound, TaskNotFound.</exception>
    void AddEvent(string batchId, long? taskId, NewEvent entry, WorkerIdentity? by = null);

    /// <summary>Events that match, oldest first unless the query says otherwise.</summary>
    IEnumerable<JournalEvent> ReadEvents(EventQuery query);

    /// <summary>Tasks grouped and measured, the largest group first.</summary>
    IEnumerable<TaskGroup> GroupTasks(GroupQuery query);

    /// <summary>The figures of one batch that need more than its counters.</summary>
    /// <exception cref="JournalException">BatchNotFound.</exception>
    BatchFigures ReadFigures(string batchId);

    // Checkpoints ------------------------------------------------------------------------------------------------

    /// <summary>A checkpoint, or null.</summary>
    /// <param name="batchId">Of a batch, or null for the journal's own.</param>
    /// <param name="name">Compared exactly.</param>
    JournalCheckpoint? FindCheckpoint(string? batchId, string name);

    /// <summary>All checkpoints of a batch, or the journal's own, by name.</summary>
    IReadOnlyList<JournalCheckpoint> ReadCheckpoints(string? batchId);

    /// <summary>Sets a checkpoint to a JSON value.</summary>
    /// <param name="batchId">Of a batch, or null for the journal's own.</param>
    /// <param name="name">Compared exactly.</param>
    /// <param name="json">The value.</param>
    /// <param name="at">When it was set, where it comes from another journal; null for now.</param>
    JournalCheckpoint SetCheckpoint(string? batchId, string name, string json, DateTimeOffset? at = null);

    /// <summary>Removes a checkpoint.</summary>
    /// <returns>Whether there was one.</returns>
    bool ClearCheckpoint(string? batchId, string name);

    // Interchange ------------------------------------------------------------------------------------------------

    /// <summary>
    /// Takes over batches with their tasks and history, all in one transaction. A batch whose id is not there is created under that id, with its own
    /// times, events and checkpoints, and in the status that follows from its tasks (or Paused, where it is said to be and has tasks open). One
    /// that is there gets the tasks whose keys it lacks; those it has are left alone. So importing the same again changes nothing.
    /// </summary>
    /// <remarks>
    /// Each task is settled by <see cref="Shared.FullTaskRules"/> first. One event, TasksAdded, tells of the import itself. Tasks are asked for as they are
    /// written, and may be asked for again from the first on where the engine begins anew.
    /// </remarks>
    /// <returns>What came in, in the order of the batches.</returns>
    /// <exception cref="JournalException">InvalidBatchName, InvalidKey, StageNotFound (a task waits for a stage that its batch does not have).</exception>
    IReadOnlyList<ImportResult> Import(IReadOnlyList<FullBatch> batches, WorkerIdentity? by = null);

    // Care -------------------------------------------------------------------------------------------------------

    /// <summary>What is wrong with the journal, one line each; nothing when it is sound.</summary>
    IReadOnlyList<string> Check();

    /// <summary>Copies the journal, while others write, into a new file that can be opened by itself.</summary>
    void BackUp(string path);

    /// <summary>Gives back unused space and refreshes what the engine knows of its tables.</summary>
    void Optimize();
}
