using System.Management.Automation;

namespace Journal.Commands.Running;

/// <summary>What the pipeline of a <see cref="PoolRunspace"/> consists of: it runs the attempts that it is handed. No command of the module.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "JournalAttemptLoop")]
internal sealed class AttemptLoopCommand : PSCmdlet
{
    /// <summary>Who hands them over.</summary>
    [Parameter(Mandatory = true)]
    public PoolRunspace Source { get; set; } = null!;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStopped { get; private set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        while (Source.AwaitAttempt(this) is { } attempt)
        {
            attempt.Run(SessionState, Source);
            Source.Forget();
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        IsStopped = true;
        Source.Wake();
    }
}
