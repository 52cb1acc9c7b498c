using System.Management.Automation;
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

    /// <summary>The batches: ids, names (the newest batch of that name), batches, or attempts and events of them. A task is that task, see -TaskId.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ByBatch)]
    [Alias("BatchId")]
    [BatchId(LeavesTasks = true)]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public override string[] Id { get; set; } = [];

    /// <summary>These tasks and no others.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ByTask)]
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
        if (!ShouldProcess($"task {reference.Id} of batch '{store.RequireTask(reference.Id).BatchId}'", "Claim")) return;
        WriteObject(TaskClaim.Claim(store, reference.Id, SessionWorker.Get(Worker), LeaseTimeout, Wait, Processes, Tell, Time, StopToken));
    }

    private void Tell(RecoveredTask task) => WriteVerbose($"Task {task.TaskId} '{task.Key}': {task.Reason}.");

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        var stage = StageNaming.Require(batch, Stage);
        if (!ShouldProcess($"batch '{batch.Id}'", $"Claim up to {Amount.Of(Count, "task")}")) return;
        var worker = SessionWorker.Get(Worker);
        foreach (var task in BatchRecovery.Recover(store, batch.Id, Processes, worker)) Tell(task);
        var claim = new ExchangeRequest(worker, batch.Id, LeaseTimeout ?? batch.Options.LeaseTimeout) { Claim = Count, Stage = stage };
        var result = store.Exchange(claim);
        if (result.Claimed.Count == 0) WriteVerbose(TaskClaim.WhyNone(store, batch.Id, result, stage));
        WriteAll(result.Claimed);
    }
}
