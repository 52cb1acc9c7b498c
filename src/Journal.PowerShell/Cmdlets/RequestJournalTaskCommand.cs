using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Commands.Completion;
using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands;

/// <summary>Claims tasks for a worker written by hand. Tasks of dead workers are taken back first.</summary>
[Cmdlet(VerbsLifecycle.Request, "JournalTask", SupportsShouldProcess = true, DefaultParameterSetName = ByBatch)]
[OutputType(typeof(JournalTask))]
public sealed class RequestJournalTaskCommand : BatchTargetCmdlet
{
    private const string ByBatch = "Batch";
    private const string ByTask = "Task";

    // Nothing tells a process that another one has ended a task; a worker that waits for one looks this often.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>The batches: ids, names (the newest batch of that name), batches, or tasks, attempts and events of them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ByBatch)]
    [Alias("BatchId")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public override string[] Id { get; set; } = [];

    /// <summary>These tasks and no others.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByTask)]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public TaskReference[] TaskId { get; set; } = [];

    /// <summary>How long to wait for each of the tasks while another worker has it, or while it waits for a retry. A TimeSpan or seconds; by default not at all.</summary>
    [Parameter(ParameterSetName = ByTask)]
    [Duration]
    public TimeSpan Wait { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter(ParameterSetName = ByBatch)]
    [ValidateRange(1, 10_000)]
    public int Count { get; set; } = 1;

    /// <summary>Only tasks that wait for this stage.</summary>
    [Parameter(ParameterSetName = ByBatch)]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Stage { get; set; }

    /// <summary>What this worker is called; by default after its machine and process.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Worker { get; set; }

    /// <summary>How long the claim lasts unless Update-JournalTask renews it; by default as long as the batch says. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? LeaseTimeout { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (ParameterSetName == ByBatch) base.OnItem();
        else ForEach(TaskId, Claim);
    }

    private void Claim(TaskReference reference)
    {
        var store = Writer;
        var batch = store.RequireBatch(store.RequireTask(reference.Id).BatchId);
        if (!ShouldProcess($"task {reference.Id} of batch '{batch.Id}'", "Claim")) return;
        var worker = SessionWorker.Get(Worker);
        var claim = new ExchangeRequest(worker, batch.Id, LeaseTimeout ?? batch.Options.LeaseTimeout) { Claim = 1, Only = [reference.Id] };
        var began = Time.GetTimestamp();
        while (true)
        {
            Recover(store, batch.Id, worker);
            var result = store.Exchange(claim with { });
            if (result.Claimed is [var claimed])
            {
                WriteObject(claimed);
                return;
            }

            var task = store.RequireTask(reference.Id);
            var left = Wait - Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || task.EndedAt is not null || result.Batch.Status is JournalBatchStatus.Paused) throw JournalErrors.TaskNotClaimed(task.Id, WhyNot(task, result.Batch));
            if (StopToken.WaitHandle.WaitOne(left < Look ? left : Look)) StopToken.ThrowIfCancellationRequested();
        }
    }

    private static string WhyNot(JournalTask task, BatchState state) => task.Status switch
    {
        JournalTaskStatus.InProgress => $"{task.Worker} has it.",
        JournalTaskStatus.Pending when state.Status is JournalBatchStatus.Paused => $"its batch is paused ({state.PauseReason}).",
        JournalTaskStatus.Pending when task.NotBefore is { } due => $"it waits until {due.ToLocalTime():T}.",
        var status => $"it is {status}.",
    };

    private void Recover(IJournalStore store, string batchId, WorkerIdentity worker)
    {
        foreach (var task in BatchRecovery.Recover(store, batchId, Processes, worker))
        {
            WriteVerbose($"Task {task.TaskId} '{task.Key}': {task.Reason}.");
        }
    }

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        var stage = StageNaming.Require(batch, Stage);
        if (!ShouldProcess($"batch '{batch.Id}'", $"Claim up to {Count} task(s)")) return;
        var worker = SessionWorker.Get(Worker);
        Recover(store, batch.Id, worker);
        var claim = new ExchangeRequest(worker, batch.Id, LeaseTimeout ?? batch.Options.LeaseTimeout) { Claim = Count, Stage = stage };
        var result = store.Exchange(claim);
        if (result.Claimed.Count == 0) WriteVerbose(WhyNone(result.Batch));
        WriteAll(result.Claimed);
    }

    private static string WhyNone(BatchState state) => state.Status is JournalBatchStatus.Paused
        ? $"Nothing to claim: the batch is paused ({state.PauseReason})."
        : state.NextDue is { } due ? $"Nothing to claim before {due.ToLocalTime():T}." : $"Nothing to claim: the batch is {state.Status}.";
}
