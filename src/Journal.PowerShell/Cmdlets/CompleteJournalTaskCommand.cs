using System.Collections;
using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Policy;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Records that the work of claimed tasks is done; in a batch with stages, that of their stage.</summary>
[Cmdlet(VerbsLifecycle.Complete, "JournalTask", SupportsShouldProcess = true)]
[OutputType(typeof(JournalTask))]
public sealed class CompleteJournalTaskCommand : TaskTargetCmdlet
{
    /// <summary>What the work made, in the target system's terms.</summary>
    [Parameter]
    public string? TargetId { get; set; }

    /// <summary>Files that the work made.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? OutputPath { get; set; }

    /// <summary>Quota units that the work used.</summary>
    [Parameter]
    [ValidateRange(0.0, double.MaxValue)]
    public double Quota { get; set; }

    /// <summary>The project that they are charged to.</summary>
    [Parameter]
    public string? QuotaProject { get; set; }

    /// <summary>Your own data about the task, laid over what it has.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <summary>What the stage made, for later stages; kept as JSON.</summary>
    [Parameter]
    public object? Result { get; set; }

    /// <inheritdoc/>
    protected override void OnTask(JournalTask task, long? token)
    {
        var report = new TaskReport
        {
            TargetId = TargetId,
            Outputs = ResolveOutputs(OutputPath),
            Quota = Quota,
            QuotaProject = QuotaProject,
            Metadata = Metadata is null ? null : TaskInputs.ToMap(Metadata, "-Metadata"),
            Result = Result is null ? null : KeptValues.Encode(Result, "-Result"),
        };
        var batch = Writer.RequireBatch(task.BatchId);
        if (QuotaProject is { Length: > 0 } && batch.Options.QuotaLimits is { } limits && ProjectLimits.NameOf(limits, QuotaProject) is null) throw JournalErrors.UnknownQuotaProject(batch.Id, QuotaProject, limits.Keys);
        var decided = WorkerMoves.Succeeded(batch, task, token, report);
        // Whoever is at the keyboard, or writes the loop, can still say what is meant; a run has nobody to ask, and records what was done.
        decided = decided with { Move = decided.Move with { RefusesSharedTarget = true } };
        if (ShouldProcess(Describe(task), "Complete")) Apply(decided, task.BatchId);
    }
}
