using System.Management.Automation;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>
/// Carries what script blocks say (all but their output) to the streams of the run, on the thread of the run, as it is said; and keeps the end of what
/// programs say on their error output, for the error of an attempt that a program fails.
/// </summary>
internal sealed class StreamForwarder
{
    private readonly IRunStreams _streams;
    private readonly CallerQueue _queue;
    private readonly int _activity;

    /// <summary>A forwarder.</summary>
    /// <param name="streams">Those of the run.</param>
    /// <param name="queue">The way to the thread of the run.</param>
    /// <param name="activity">The run's own progress bar, under which the blocks' bars are shown.</param>
    public StreamForwarder(IRunStreams streams, CallerQueue queue, int activity)
    {
        (_streams, _queue, _activity) = (streams, queue, activity);
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
            _queue.Post(() => _streams.WriteSaid(error, key));
        };
        streams.Warning.DataAdding += (_, e) => KeepAndPost(e.ItemAdded, task());
        streams.Verbose.DataAdding += (_, e) => KeepAndPost(e.ItemAdded, task());
        streams.Debug.DataAdding += (_, e) => Post(e.ItemAdded);
        streams.Information.DataAdding += (_, e) => KeepAndPost(e.ItemAdded, task());
        streams.Progress.DataAdding += (_, e) =>
        {
            var progress = Nested((ProgressRecord)Bare(e.ItemAdded), task());
            _queue.Post(() => _streams.WriteProgress(progress));
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

    private void Post(object record)
    {
        var bare = Bare(record);
        _queue.Post(() => _streams.WriteSaid(bare, null));
    }

    private void KeepAndPost(object record, RunningTask task)
    {
        Keep(Bare(record), task);
        Post(record);
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
internal sealed class BlockSpeech(CmdletStreams streams, RunningTask task)
{
    private readonly List<object> _held = [];

    /// <summary>Logs a record, and writes it at once where that is possible; the rest needs the cmdlet's own pipeline, and waits.</summary>
    public void Write(object record)
    {
        StreamForwarder.Keep(record, task);
        if (_held.Count == 0 && streams.CanWriteInside(record)) streams.WriteSaid(record, null);
        else _held.Add(record);
    }

    /// <summary>Writes what waits, once the block's pipeline has ended.</summary>
    public void WriteHeld()
    {
        foreach (var record in _held) streams.WriteSaid(record, null);
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

    /// <summary>Such a line in the form in which PowerShell itself shows it.</summary>
    /// <param name="error">The line.</param>
    /// <param name="key">The task's key, told where the output of programs is interleaved; else null.</param>
    public static ErrorRecord Line(ErrorRecord error, string? key)
    {
        var text = key is null ? error.Exception.Message : Journal.Terminal.TerminalText.SafeLine(key) + ": " + error.Exception.Message;
        return new ErrorRecord(new RemoteException(text), "NativeCommandErrorMessage", ErrorCategory.NotSpecified, key);
    }

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
