using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Records an event of your own in the history of a batch or a task.</summary>
[Cmdlet(VerbsCommunications.Write, "JournalEvent", SupportsShouldProcess = true)]
public sealed class WriteJournalEventCommand : OneBatchCmdlet
{
    /// <summary>What you call it, such as published; at most 100 characters.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What happened, in a sentence; at most 4,096 characters.</summary>
    [Parameter(Position = 1)]
    public string? Message { get; set; }

    /// <summary>A value that belongs to it: anything that a journal keeps, as JSON at most 64 KiB.</summary>
    [Parameter]
    public object? Data { get; set; }

    /// <summary>The task.</summary>
    [Parameter]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    [ValidateCount(1, 1)]
    public TaskReference[]? TaskId { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        // Whatever is wrong with it is wrong before anything is looked up.
        var entry = new NewEvent(Name, Message, ValueSelector.Unwrap(Data) is null ? null : Data);
        if (TaskId is [var named]) WriteAbout(Writer.RequireTask(named.Id), entry);
        else if (BatchId is [var batch]) WriteAbout(Writer.MeantBatch(batch), entry);
        else if ((InputObject ?? (MyInvocation.ExpectingInput ? null : GetVariableValue("JournalTask"))) is { } target) WriteAbout(target, entry);
        else throw JournalErrors.InvalidValue("-InputObject", null, "say what it is about: a task or a batch through the pipeline, -TaskId or -BatchId.");
    }

    private void WriteAbout(object target, NewEvent entry)
    {
        if (ValueSelector.Unwrap(target) is RunningTask running)
        {
            if (ShouldProcess($"task {running.Id} '{running.Key}'", $"Record the event '{Name}'")) running.AddEvent(entry);
            return;
        }

        if (ValueSelector.Unwrap(target) is IReadOnlyList<RunningTask>) throw JournalErrors.InvalidValue("-InputObject", null, "in a chunk $JournalTask is all of its tasks; say which one: $JournalTask[0] | Write-JournalEvent.");
        var reference = ObjectReference.Of(target);
        if (reference.TaskId is { } taskId && ValueSelector.Unwrap(target) is not string) WriteAbout(Writer.RequireTask(taskId), entry);
        else if (reference.BatchId is { } batchId) WriteAbout(Writer.MeantBatch(batchId), entry);
        else throw JournalErrors.InvalidValue("-InputObject", target, "it tells neither a batch nor a task.");
    }

    private void WriteAbout(JournalTask task, NewEvent entry)
    {
        if (ShouldProcess($"task {task.Id} '{task.Key}'", $"Record the event '{Name}'")) Writer.AddEvent(task.BatchId, task.Id, entry, SessionWorker.Get());
    }

    private void WriteAbout(JournalBatch batch, NewEvent entry)
    {
        if (ShouldProcess($"batch '{batch.Id}'", $"Record the event '{Name}'")) Writer.AddEvent(batch.Id, null, entry, SessionWorker.Get());
    }
}
