using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Renews the claim on tasks, and reports how far their work is.</summary>
[Cmdlet(VerbsData.Update, "JournalTask", SupportsShouldProcess = true)]
[OutputType(typeof(JournalTask))]
public sealed class UpdateJournalTaskCommand : TaskTargetCmdlet
{
    /// <summary>How far the work is, 0 to 100.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? Progress { get; set; }

    /// <summary>What the work does.</summary>
    [Parameter]
    public string? ProgressText { get; set; }

    /// <summary>How long the claim lasts from now; by default as long as the batch says. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? LeaseTimeout { get; set; }

    /// <summary>Files to be deleted should the worker die, if they lie in the batch's work directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] TempFile { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnTask(JournalTask task, long? token)
    {
        // Only what somebody works on has a claim to renew.
        if (token is null) throw JournalErrors.LeaseLost(task.Id, null);
        if (!ShouldProcess(Describe(task), "Renew the claim")) return;
        var lease = LeaseTimeout ?? Writer.RequireBatch(task.BatchId).Options.LeaseTimeout;
        Writer.AmendTask(task.Id, new TaskAmendment { Token = token, Lease = lease, Progress = Progress, ProgressText = ProgressText }, SessionWorker.Get());
        foreach (var path in TempFile)
        {
            Writer.AddTempFile(task.Id, ResolveFilePath(path, (given, detail) => JournalErrors.InvalidValue("-TempFile", given, detail)));
        }
    }
}
