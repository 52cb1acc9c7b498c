using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;
using Journal.Terminal;

namespace Journal.Commands;

/// <summary>
/// Resumes batches: ends a pause, and puts failed tasks back. Given tasks, it puts just those back, whatever way they ended.
/// </summary>
[Cmdlet(VerbsLifecycle.Resume, "JournalBatch", SupportsShouldProcess = true, DefaultParameterSetName = "Target")]
[OutputType(typeof(JournalBatch))]
public sealed class ResumeJournalBatchCommand : JournalCmdlet
{
    private const int ChunkSize = 1000;
    private const string Reason = "Resumed by an operator";

    private readonly HashSet<(string Journal, string BatchId)> _touched = [];
    private readonly List<(string BatchId, TaskMove Move)> _requeues = [];
    private IJournalStore? _requeuesIn;

    /// <summary>Batches by id, by name (the newest batch of that name) or as objects; or tasks, to put just those back.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Target")]
    [Alias("Id", "BatchId")]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The name of a batch: its newest one that can be resumed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Leave failed tasks as they are.</summary>
    [Parameter]
    public SwitchParameter SkipFailed { get; set; }

    /// <summary>The stage in which failed tasks, or those from the pipeline, go on; by default the one in which each of them failed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FromStage { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (ParameterSetName == "Name") Resume(Newest());
        else ForEach(InputObject, Take);
    }

    /// <inheritdoc/>
    protected override void OnEnd() => Requeue();

    private void Take(PSObject target)
    {
        var reference = ObjectReference.Of(target);
        // A text is the id of a batch even if it looks like a number.
        if (reference is { TaskId: { } taskId } && target.BaseObject is not string) Collect(Writer.RequireTask(taskId));
        else if (reference.BatchId is not { } batchId) throw JournalErrors.InvalidValue("-InputObject", target, "it is neither a batch nor a task.");
        else if (Writer.MeantBatch(batchId) is { } batch && _touched.Add((Location, batch.Id))) Resume(batch);
    }

    private JournalBatch Newest()
    {
        var name = TextPattern.Name(Name);
        JournalBatchStatus[] resumable = [JournalBatchStatus.Ready, JournalBatchStatus.Running, JournalBatchStatus.Paused, JournalBatchStatus.Failed];
        return Writer.ReadBatches(new BatchQuery { Names = [name], Statuses = resumable, First = 1 }).FirstOrDefault()
            ?? throw (Writer.ReadBatches(new BatchQuery { Names = [name], First = 1 }).FirstOrDefault() is { } ended
                ? JournalErrors.NothingToResume(Name, $"its newest batch '{ended.Id}' is {ended.Status}.")
                : JournalErrors.BatchNameNotFound(Name));
    }

    private void Resume(JournalBatch batch)
    {
        var store = Writer;
        var plan = ResumePlan.For(batch, SkipFailed);
        var from = StageNaming.PositionOf(batch, FromStage);
        var action = plan.RequeuesFailed ? $"Resume, and put {Amount.Of(batch.Failed, "failed task")} back" : "Resume";
        if (!ShouldProcess($"batch '{batch.Id}'", action)) return;
        var failed = new TaskQuery { BatchIds = [batch.Id], Statuses = [JournalTaskStatus.Failed] };
        if (plan.RequeuesFailed) store.ApplyToAll(TaskMove.Requeue(0, Reason, from), failed, SessionWorker.Get());
        Emit(store.Apply(batch.Id, BatchMove.Resume(Reason) with { LiftsHolds = true }, SessionWorker.Get()));
    }

    // To the host, as Write-Host does: that nothing runs yet is what one has to know.
    private void Emit(JournalBatch batch)
    {
        var open = batch.Counts.Open;
        var text = $"{batch.Id}: {open} {(open == 1 ? "task waits. It runs" : "tasks wait. They run")} when the batch's line is run again{(batch.IsQuotaUsedUp ? " with a higher -QuotaLimit, for this one is used up" : " (Invoke-JournalBatch), or when a worker claims " + (open == 1 ? "it" : "them"))}.";
        WriteInformation(new HostInformationMessage { Message = TerminalText.Safe(text) }, ["PSHOST", "Journal"]);
        WriteObject(LivingWork.Look(Writer, batch, Processes));
    }

    private void Collect(JournalTask task)
    {
        if (_requeuesIn is not null && _requeuesIn != Writer) Requeue();
        _requeuesIn = Writer;
        var from = FromStage is null ? null : StageNaming.PositionOf(Writer.RequireBatch(task.BatchId), FromStage);
        if (!ShouldProcess($"task {task.Id} '{task.Key}' of batch '{task.BatchId}'", $"Put back ({task.Status})")) return;
        _requeues.Add((task.BatchId, TaskMove.Requeue(task.Id, Reason, from)));
        if (_requeues.Count >= ChunkSize) Requeue();
    }

    private void Requeue()
    {
        if (_requeues.Count == 0 || _requeuesIn is not { } store) return;
        var requeues = _requeues.ToList();
        _requeues.Clear();
        var results = store.Apply(requeues.ConvertAll(static requeue => requeue.Move), SessionWorker.Get());
        var batches = new HashSet<string>();
        ForEach(Enumerable.Range(0, requeues.Count), i =>
        {
            results[i].ThrowUnlessApplied(requeues[i].Move);
            batches.Add(requeues[i].BatchId);
        });
        ForEach(batches, batchId =>
        {
            var resumed = store.Apply(batchId, BatchMove.Resume(Reason) with { LiftsHolds = true }, SessionWorker.Get());
            if (_touched.Add((store.Location, batchId))) Emit(resumed);
        });
    }
}
