using System.Management.Automation;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>Carries what script blocks in other runspaces say (all but their output) to the cmdlet's own streams, on the pipeline's thread, as it is said.</summary>
internal sealed class StreamForwarder
{
    private readonly Cmdlet _cmdlet;
    private readonly CallerQueue _queue;
    private readonly int _activity;

    /// <summary>A forwarder.</summary>
    /// <param name="cmdlet">Whose streams.</param>
    /// <param name="queue">The way to the pipeline's thread.</param>
    /// <param name="activity">The run's own progress bar, under which the blocks' bars are shown.</param>
    public StreamForwarder(Cmdlet cmdlet, CallerQueue queue, int activity)
    {
        (_cmdlet, _queue, _activity) = (cmdlet, queue, activity);
    }

    /// <summary>Forwards what a shell says about the task that it is at.</summary>
    public void Forward(System.Management.Automation.PowerShell shell, Func<RunningTask> task)
    {
        var streams = shell.Streams;
        streams.Error.DataAdding += (_, e) => Post(e.ItemAdded, (ErrorRecord error) => _cmdlet.WriteError(error));
        streams.Warning.DataAdding += (_, e) => Post(e.ItemAdded, (WarningRecord warning) => _cmdlet.WriteWarning(warning.Message));
        streams.Verbose.DataAdding += (_, e) => Post(e.ItemAdded, (VerboseRecord verbose) => _cmdlet.WriteVerbose(verbose.Message));
        streams.Debug.DataAdding += (_, e) => Post(e.ItemAdded, (DebugRecord debug) => _cmdlet.WriteDebug(debug.Message));
        streams.Information.DataAdding += (_, e) => Post(e.ItemAdded, (InformationRecord information) => _cmdlet.WriteInformation(information));
        streams.Progress.DataAdding += (_, e) => Post(e.ItemAdded, (ProgressRecord progress) => _cmdlet.WriteProgress(Nested(progress, task())));
    }

    private void Post<T>(object item, Action<T> write) => _queue.Post(() => write((T)(item is PSObject wrapped ? wrapped.BaseObject : item)));

    // Every block numbers its bars from 0; under the run's bar they need numbers of their own.
    private ProgressRecord Nested(ProgressRecord progress, RunningTask task) =>
        new((int)(1000 + task.Id % 100_000 * 10 + progress.ActivityId % 10), progress.Activity, progress.StatusDescription)
        {
            ParentActivityId = _activity,
            PercentComplete = progress.PercentComplete,
            SecondsRemaining = progress.SecondsRemaining,
            CurrentOperation = progress.CurrentOperation,
            RecordType = progress.RecordType,
        };
}
