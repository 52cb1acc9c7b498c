using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>
/// Carries what script blocks say (all but their output) to the cmdlet's own streams, on the pipeline's thread, as it is said; and keeps the end of what
/// programs say on their error output, for the error of an attempt that a program fails.
/// </summary>
internal sealed class StreamForwarder
{
    private readonly PSCmdlet _cmdlet;
    private readonly CallerQueue _queue;
    private readonly int _activity;

    /// <summary>A forwarder.</summary>
    /// <param name="cmdlet">Whose streams.</param>
    /// <param name="queue">The way to the pipeline's thread.</param>
    /// <param name="activity">The run's own progress bar, under which the blocks' bars are shown.</param>
    public StreamForwarder(PSCmdlet cmdlet, CallerQueue queue, int activity)
    {
        (_cmdlet, _queue, _activity) = (cmdlet, queue, activity);
    }

    /// <summary>Forwards what a shell says about the task that it is at.</summary>
    /// <param name="shell">The shell of a runspace.</param>
    /// <param name="task">Its task.</param>
    /// <param name="tail">Where the end of the programs' error output is kept.</param>
    public void Forward(System.Management.Automation.PowerShell shell, Func<RunningTask> task, Func<ErrorOutputTail> tail)
    {
        var streams = shell.Streams;
        streams.Error.DataAdding += (_, e) =>
        {
            var error = (ErrorRecord)Bare(e.ItemAdded);
            Keep(error, task());
            if (ErrorOutputTail.IsErrorOutput(error)) tail().Add(error.Exception.Message);
            var key = task().Key;
            _queue.Post(() => Write(error, key));
        };
        streams.Warning.DataAdding += (_, e) => KeepAndPost(e.ItemAdded, task());
        streams.Verbose.DataAdding += (_, e) => KeepAndPost(e.ItemAdded, task());
        streams.Debug.DataAdding += (_, e) => Post(e.ItemAdded);
        streams.Information.DataAdding += (_, e) => KeepAndPost(e.ItemAdded, task());
        streams.Progress.DataAdding += (_, e) =>
        {
            var progress = Nested((ProgressRecord)Bare(e.ItemAdded), task());
            _queue.Post(() => _cmdlet.WriteProgress(progress));
        };
    }

    /// <summary>Adds a record of a block to the log of its attempt, where it is of a stream that the log has. On any thread.</summary>
    /// <param name="record">A record of any stream.</param>
    /// <param name="task">The task that is at work.</param>
    public static void Keep(object record, RunningTask task)
    {
        switch (record)
        {
            case ErrorRecord error when ErrorOutputTail.IsErrorOutput(error): task.AddLog(LogStream.StdErr, error.Exception.Message); break;
            case WarningRecord warning: task.AddLog(LogStream.Warning, warning.Message); break;
            case VerboseRecord verbose: task.AddLog(LogStream.Verbose, verbose.Message); break;
            case InformationRecord information: task.AddLog(LogStream.Info, TextOf(information)); break;
        }
    }

    /// <summary>Whether a record can be written while another pipeline of the session runs inside the cmdlet's.</summary>
    public bool CanWriteInside(object record) => record switch
    {
        ErrorRecord error when ErrorOutputTail.IsErrorOutput(error) => false,
        ErrorRecord => StopsAtNoError,
        VerboseRecord => !IsSilent("Verbose"),
        DebugRecord => !IsSilent("Debug"),
        _ => true,
    };

    /// <summary>Writes a record of a block to the stream it is of. On the pipeline's thread.</summary>
    /// <param name="record">An error, warning, verbose, debug or information record.</param>
    /// <param name="key">The task's key, told where the output of programs is interleaved; else null.</param>
    public void Write(object record, string? key)
    {
        switch (record)
        {
            case ErrorRecord error when ErrorOutputTail.IsErrorOutput(error): WriteErrorOutput(error.Exception.Message, key); break;
            case ErrorRecord error: WriteError(error); break;
            case WarningRecord warning: _cmdlet.WriteWarning(warning.Message); break;
            // What a block says with -Verbose or -Debug of its own is shown, whatever the caller prefers, as in the caller's session.
            case VerboseRecord verbose when IsSilent("Verbose"): Say("Write-Verbose $args[0] -Verbose", verbose.Message); break;
            case VerboseRecord verbose: _cmdlet.WriteVerbose(verbose.Message); break;
            case DebugRecord debug when IsSilent("Debug"): Say("Write-Debug $args[0] -Debug", debug.Message); break;
            case DebugRecord debug: _cmdlet.WriteDebug(debug.Message); break;
            case InformationRecord information: _cmdlet.WriteInformation(information); break;
        }
    }

    // The text of an object is what its type, or the user, makes of it; that may fail, and is no reason for the attempt to fail.
    private static string TextOf(InformationRecord information)
    {
        try
        {
            return information.MessageData?.ToString() ?? "";
        }
#pragma warning disable CA1031 // See above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return information.MessageData.GetType().FullName!;
        }
    }

    private static object Bare(object item) => item is PSObject wrapped ? wrapped.BaseObject : item;

    private bool StopsAtNoError => Preference("ErrorAction") is ActionPreference.Continue or ActionPreference.SilentlyContinue or ActionPreference.Ignore;

    private void Post(object record)
    {
        var bare = Bare(record);
        _queue.Post(() => Write(bare, null));
    }

    private void KeepAndPost(object record, RunningTask task)
    {
        Keep(Bare(record), task);
        Post(record);
    }

    // An error that a block let pass (-ErrorAction Continue) is none of the run's: the caller's preference Stop does not stop the run at it.
    private void WriteError(ErrorRecord error)
    {
        if (StopsAtNoError) _cmdlet.WriteError(error);
        else Say("Write-Error -ErrorRecord $args[0] -ErrorAction Continue", error);
    }

    // To the error stream, so that it can be redirected, in the form in which PowerShell itself shows what programs say; and no error: not in $Error, and
    // nothing that the caller's preference stops at.
    private void WriteErrorOutput(string line, string? key)
    {
        var text = key is null ? line : Journal.Terminal.TerminalText.SafeLine(key) + ": " + line;
        var record = new ErrorRecord(new RemoteException(text), "NativeCommandErrorMessage", ErrorCategory.NotSpecified, key);
        var errors = _cmdlet.SessionState.PSVariable.GetValue("global:Error") as ArrayList;
        var before = errors is { Count: > 0 } ? errors[0] : null;
        // Written by the cmdlet itself, it would be shown as an error of the cmdlet.
        Say("Write-Error -ErrorRecord $args[0] -ErrorAction Continue", record);
        while (errors is { Count: > 0 } && !ReferenceEquals(errors[0], before) && errors[0] is ErrorRecord { FullyQualifiedErrorId: var id } && id.StartsWith("NativeCommandErrorMessage", StringComparison.Ordinal)) errors.RemoveAt(0);
    }

    private void Say(string script, object value) => _cmdlet.InvokeCommand.InvokeScript(script, useNewScope: true, PipelineResultTypes.Error, null, value);

    private bool IsSilent(string stream) => Preference(stream) is ActionPreference.SilentlyContinue or ActionPreference.Ignore;

    // What the cmdlet does with a record: its own parameter, else the preference of the session.
    private ActionPreference Preference(string parameter)
    {
        if (_cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var given))
        {
            if (given is ActionPreference preference) return preference;
            if (given is SwitchParameter { IsPresent: true }) return ActionPreference.Continue;
            if (given is SwitchParameter) return ActionPreference.SilentlyContinue;
        }

        var name = parameter is "ErrorAction" ? "ErrorActionPreference" : parameter + "Preference";
        return LanguagePrimitives.TryConvertTo<ActionPreference>(_cmdlet.SessionState.PSVariable.GetValue(name), out var ofSession) ? ofSession : ActionPreference.Continue;
    }

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

/// <summary>What a block says in the caller's session, while its own pipeline runs inside the cmdlet's. On the pipeline's thread.</summary>
internal sealed class BlockSpeech(StreamForwarder streams, RunningTask task)
{
    private readonly List<object> _held = [];

    /// <summary>Logs a record, and writes it at once where that is possible; the rest needs the cmdlet's own pipeline, and waits.</summary>
    public void Write(object record)
    {
        StreamForwarder.Keep(record, task);
        if (_held.Count == 0 && streams.CanWriteInside(record)) streams.Write(record, null);
        else _held.Add(record);
    }

    /// <summary>Writes what waits, once the block's pipeline has ended.</summary>
    public void WriteHeld()
    {
        foreach (var record in _held) streams.Write(record, null);
        _held.Clear();
    }
}

/// <summary>The last lines that the programs of an attempt wrote to their error output.</summary>
internal sealed class ErrorOutputTail
{
    private const int MostLines = 10, LongestLine = 500;

    private readonly Queue<string> _lines = [];

    /// <summary>Whether a record is a line of a program's error output, which PowerShell carries in its error stream.</summary>
    public static bool IsErrorOutput(ErrorRecord error) => error.FullyQualifiedErrorId is "NativeCommandError" or "NativeCommandErrorMessage";

    /// <summary>One more line.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_lines)
        {
            if (_lines.Count == MostLines) _lines.Dequeue();
            _lines.Enqueue(line.Length <= LongestLine ? line.TrimEnd() : line[..LongestLine]);
        }
    }

    /// <summary>The lines; null where there are none.</summary>
    public string? Text
    {
        get
        {
            lock (_lines) return _lines.Count == 0 ? null : string.Join('\n', _lines);
        }
    }

    /// <summary>The text of an error: for a program that failed, its exit code and what it said last.</summary>
    public string? TextOf(ErrorRecord error) =>
        error.Exception.GetType().Name is "NativeCommandExitException" && Text is { } said ? error.Exception.Message.TrimEnd('.') + ":\n" + said : null;
}
