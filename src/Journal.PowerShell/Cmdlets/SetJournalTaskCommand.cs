using System.Collections;
using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Lifecycle;
using Journal.Policy;
using Journal.Policy.Classifying;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>
/// Changes tasks: their stage, priority, weight and metadata; or their status: Failed (which the batch's policy may turn into a retry),
/// Pending (given back, or put back), Canceled.
/// </summary>
[Cmdlet(VerbsCommon.Set, "JournalTask", SupportsShouldProcess = true, DefaultParameterSetName = "Values")]
[OutputType(typeof(JournalTask))]
public sealed class SetJournalTaskCommand : TaskTargetCmdlet
{
    /// <summary>The status to bring the task to.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Status")]
    [ValidateSet(nameof(JournalTaskStatus.Failed), nameof(JournalTaskStatus.Pending), nameof(JournalTaskStatus.Canceled))]
    public JournalTaskStatus Status { get; set; }

    /// <summary>The error, as catch sees it: $_.</summary>
    [Parameter(ParameterSetName = "Status")]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <summary>The error in words.</summary>
    [Parameter(ParameterSetName = "Status")]
    public string? ErrorMessage { get; set; }

    /// <summary>The error's category; by default what the error shows.</summary>
    [Parameter(ParameterSetName = "Status")]
    public JournalErrorCategory? ErrorCategory { get; set; }

    /// <summary>Give the task up, whatever the batch's policy says.</summary>
    [Parameter(ParameterSetName = "Status")]
    public SwitchParameter NoRetry { get; set; }

    /// <summary>Why, for the audit trail.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The stage that a task shall wait for; not while it is in progress.</summary>
    [Parameter(ParameterSetName = "Values")]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Stage { get; set; }

    /// <summary>Higher comes first.</summary>
    [Parameter(ParameterSetName = "Values")]
    public int? Priority { get; set; }

    /// <summary>How much work it is.</summary>
    [Parameter(ParameterSetName = "Values")]
    [ValidateRange(0.0, double.MaxValue)]
    public double? Weight { get; set; }

    /// <summary>When a task that waits may be run at the earliest; a time that is past is now.</summary>
    [Parameter(ParameterSetName = "Values")]
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Hold a task that waits: it is not run until it is let go with -Hold:$false.</summary>
    [Parameter(ParameterSetName = "Values")]
    public SwitchParameter Hold { get; set; }

    /// <summary>Your own data about the task, laid over what it has.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <inheritdoc/>
    protected override bool NeedsLease => ParameterSetName == "Status" && Status is not JournalTaskStatus.Canceled;

    /// <inheritdoc/>
    protected override void OnTask(JournalTask task, long? token)
    {
        if (ParameterSetName == "Values") Amend(task, token);
        else if (ShouldProcess(Describe(task), $"Set to {Status}")) Apply(Decide(task, token), task.BatchId);
    }

    private bool? IsHeld => MyInvocation.BoundParameters.ContainsKey(nameof(Hold)) ? Hold.IsPresent : null;

    private void Amend(JournalTask task, long? token)
    {
        var amendment = new TaskAmendment { Token = token, Stage = Stage, Priority = Priority, Weight = Weight, NotBefore = NotBefore, IsHeld = IsHeld, Metadata = MetadataMap, Reason = Reason ?? "Set-JournalTask" };
        if (ShouldProcess(Describe(task), "Change")) Writer.AmendTask(task.Id, amendment, SessionWorker.Get());
    }

    private WorkerMove Decide(JournalTask task, long? token) => Status switch
    {
        JournalTaskStatus.Failed => WorkerMoves.Failed(
            Writer.RequireBatch(task.BatchId), task, token, Facts(), ErrorRecord?.ScriptStackTrace, ErrorCategory, NoRetry,
            new TaskReport { Metadata = MetadataMap }, Writer.Now, Random.Shared.NextDouble()),
        JournalTaskStatus.Pending => WorkerMoves.Returned(task, token, Reason ?? "Given back by hand"),
        _ => new WorkerMove(TaskMove.Cancel(task.Id, Reason ?? "Canceled by hand")),
    };

    private ErrorFacts Facts() => ErrorRecord is null
        ? new ErrorFacts(ErrorMessage ?? Reason ?? "Failed")
        : ErrorRecordFacts.Of(ErrorRecord, ErrorMessage);

    private JsonMap? MetadataMap => Metadata is null ? null : TaskInputs.ToMap(Metadata, "-Metadata");
}
