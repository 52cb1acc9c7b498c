using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Policy;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands.Base;

/// <summary>A cmdlet that reports on tasks or changes them, as their worker or as an operator.</summary>
public abstract class TaskTargetCmdlet : JournalCmdlet
{
    /// <summary>The tasks: ids, or tasks as Request-JournalTask emits them, which carry their lease along.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("TaskId")]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public TaskReference[] Id { get; set; } = [];

    /// <summary>The lease under which a task was claimed; by default that of the task at hand, else the present one if a worker of this process holds it.</summary>
    [Parameter]
    public long? Token { get; set; }

    /// <summary>Emit the tasks as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether a task that is in progress may be changed by its worker alone.</summary>
    protected virtual bool NeedsLease => true;

    /// <summary>Does it with one task.</summary>
    /// <param name="task">The task as it stands.</param>
    /// <param name="token">The lease that must hold; null for a task that nobody holds.</param>
    protected abstract void OnTask(JournalTask task, long? token);

    /// <inheritdoc/>
    protected override void OnItem() => ForEach(Id, reference =>
    {
        var task = Writer.RequireTask(reference.Id);
        var token = Token ?? reference.Token;
        OnTask(task, NeedsLease || token is not null ? HeldLease.TokenFor(Writer, task, token, Token is null ? reference.Worker : null, Processes) : null);
        if (PassThru) WriteObject(Writer.RequireTask(task.Id));
    });

    /// <summary>What ShouldProcess calls a task.</summary>
    protected static string Describe(JournalTask task) => $"task {task.Id} '{task.Key}' of batch '{task.BatchId}'";

    /// <summary>Makes a move; an error that it could not be made is the task's.</summary>
    protected void Apply(WorkerMove decided, string batchId)
    {
        var by = SessionWorker.Get();
        var files = decided.Move.Rule.Outcome is null ? [] : Writer.ReadTempFiles(decided.Move.TaskId);
        Writer.Apply([decided.Move], by)[0].ThrowUnlessApplied(decided.Move);
        if (files.Count > 0)
        {
            var task = Writer.RequireTask(decided.Move.TaskId);
            WorkFiles.Delete(files.Except(task.Outputs, StringComparer.Ordinal), Writer.RequireBatch(batchId).Options.WorkDirectory);
            Writer.ClearTempFiles(task.Id);
        }

        if (decided.Pause is { } pause) Writer.Apply(batchId, pause, by);
    }

    /// <summary>Full paths of files that the work made.</summary>
    protected IReadOnlyList<string>? ResolveOutputs(string[]? paths) =>
        paths?.Select(path => ResolveFilePath(path, (given, detail) => JournalErrors.InvalidValue("-OutputPath", given, detail))).ToList();
}
