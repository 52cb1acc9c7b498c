using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using Journal.Runs;
using Journal.Workers;

namespace Journal.Commands.Running;

/// <summary>Runs script blocks in the caller's session, one at a time, on the pipeline's thread: its functions, variables and modules are there.</summary>
internal sealed class CallerExecutor : ITaskExecutor
{
    /// <summary>How long a block that was told to stop is waited for before it is woken out of whatever it waits for.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    // Any command will do: PowerShell starts none in a pipeline that is being stopped.
    private static readonly ScriptBlock Probe = ScriptBlock.Create("$null = Write-Output 1");

    private readonly StageWorks _works;
    private readonly PSCmdlet _cmdlet;
    private readonly CmdletStreams _streams;
    private readonly SessionPreferences _preferences;
    private readonly Dictionary<ScriptWork, Way> _ways = [];

    /// <param name="works">The work.</param>
    /// <param name="cmdlet">In whose session.</param>
    /// <param name="streams">Where to what programs say goes.</param>
    public CallerExecutor(StageWorks works, PSCmdlet cmdlet, CmdletStreams streams)
    {
        (_works, _cmdlet, _streams) = (works, cmdlet, streams);
        _preferences = new SessionPreferences(cmdlet.SessionState);
    }

    /// <inheritdoc/>
    public bool RunsOnCaller => true;

    /// <inheritdoc/>
    public AttemptResult Execute(RunningTask task, CancellationToken stop)
    {
        var work = _works.For(task.Stage);
        var place = _preferences.Location;
        var tail = new ErrorOutputTail();
        using var processes = AttemptProcesses.Begin();
        try
        {
            // An input that cannot be read fails its own task alone.
            var variables = new List<PSVariable>(5)
            {
                new("_", AttemptInput.Of(task, _cmdlet.SessionState)),
                new("JournalTask", AttemptInput.TaskOf(task)),
                new("ErrorActionPreference", ActionPreference.Stop),
                new("PSNativeCommandUseErrorActionPreference", true),
            };
            var way = WayOf(work);
            if (task.Batch.Options.Timeout is not null || way.NeedsOwnPipeline) return ExecuteInside(task.Batch.Options.Timeout, task, way, variables, tail, processes);
            return way.MaySpeak && task.Batch.Options.LogSize > 0 ? ExecuteHeard(task, way, variables) : AttemptOutput.Succeeded(task, way.Invoke(variables));
        }
        // A stop goes on up: the runner gives the task back, and PowerShell unwinds the pipeline.
        catch (Exception e) when (ErrorRecordFacts.RecordOf(e) is not null && e.GetType().Name != "ExitException")
        {
            ThrowIfStopping();
            var error = ErrorRecordFacts.RecordOf(e)!;
            return AttemptOutput.Failed(error, tail.TextOf(error));
        }
        catch (PipelineStoppedException)
        {
            processes.Kill();
            throw;
        }
        finally
        {
            PutBack(place);
        }
    }

    // A stop in the wrong instant (while a module is being loaded, say) comes out of the block as some other error. It is a stop all the same.
    private static void ThrowIfStopping() => Probe.Invoke();

    private void PutBack(PathInfo place)
    {
        _preferences.Restore();
        try
        {
            _preferences.Return(place);
        }
        catch (Exception e) when (e is RuntimeException and not PipelineStoppedException)
        {
            // The block removed the folder it began in: there is no way back.
        }
    }

    private Way WayOf(ScriptWork work) => _ways.TryGetValue(work, out var way) ? way : _ways[work] = new Way(work, _cmdlet.SessionState);

    private AttemptResult ExecuteHeard(RunningTask task, Way way, List<PSVariable> variables)
    {
        var speech = new BlockSpeech(_streams, task);
        System.Collections.ObjectModel.Collection<PSObject> output;
        try
        {
            output = way.InvokeInside(variables, speech.Write);
        }
        catch (Exception e) when (e is not PipelineStoppedException)
        {
            speech.WriteHeld();
            throw;
        }

        speech.WriteHeld();
        return AttemptOutput.Succeeded(task, output);
    }

    // Only a pipeline of its own can be stopped without stopping the caller's, and only of one of its own the error stream can be read.
    private AttemptResult ExecuteInside(TimeSpan? limit, RunningTask task, Way way, List<PSVariable> variables, ErrorOutputTail tail, AttemptProcesses processes)
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        System.Collections.ObjectModel.Collection<PSObject> output = [];
        Exception? thrown = null;
        var thread = new BlockThread();
        var speech = new BlockSpeech(_streams, task);
        var gate = new object();
        var (isTimedOut, isOver, ended) = (false, false, 0);
        shell.AddCommand(new CmdletInfo("Invoke-JournalAttempt", typeof(AttemptCommand))).AddParameter(nameof(AttemptCommand.Body), () =>
        {
            try
            {
                output = way.InvokeInside(variables, speech.Write);
            }
#pragma warning disable CA1031 // It is raised where the attempt was begun.
            catch (Exception e)
#pragma warning restore CA1031
            {
                thrown = e;
            }
        });
        shell.Streams.Error.DataAdding += (_, e) =>
        {
            var error = e.ItemAdded is PSObject { BaseObject: ErrorRecord wrapped } ? wrapped : (ErrorRecord)e.ItemAdded;
            if (ErrorOutputTail.IsErrorOutput(error)) tail.Add(error.Exception.Message);
            speech.Write(error);
        };

        using var waking = new Timer(_ => thread.Interrupt());
        void End()
        {
            lock (gate)
            {
                if (isOver) return;
                isTimedOut = true;
                waking.Change(StopGrace, System.Threading.Timeout.InfiniteTimeSpan);
                ended = processes.Kill(() => shell.BeginStop(null, null));
            }
        }

        var since = Stopwatch.GetTimestamp();
        using (var timer = new Timer(self =>
        {
            var left = limit!.Value - Stopwatch.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) End();
            else ((Timer)self!).Change(LongWait.Step(left), System.Threading.Timeout.InfiniteTimeSpan);
        }))
        {
            if (limit is { } most) timer.Change(LongWait.Step(most), System.Threading.Timeout.InfiniteTimeSpan);
            thread.Enter();
            try
            {
                shell.Invoke();
            }
            catch (PipelineStoppedException)
            {
                // By the time limit, or with the pipeline around it; see below.
            }
            finally
            {
                thread.Leave();
                lock (gate) isOver = true;
            }
        }

        if (isTimedOut) ended += processes.Kill();
        else if (thrown is null && shell.InvocationStateInfo.State is PSInvocationState.Stopped) throw new PipelineStoppedException();
        speech.WriteHeld();
        if (isTimedOut) return AttemptOutput.TimedOut(task, limit!.Value, ended, tail);
        if (thrown is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        return AttemptOutput.Succeeded(task, output);
    }

    /// <summary>How a block is invoked: directly, which is fast, or by a script that calls it, where that alone lets it have what it needs.</summary>
    private sealed class Way
    {
        private static readonly CmdletInfo Tail = new("Invoke-JournalAttemptTail", typeof(AttemptTailCommand));

        private readonly ScriptWork _work;
        private readonly ScriptBlock _block;
        private readonly bool _isDirect;
        private readonly ScriptBlock _call;
        private readonly ScriptBlock _callInside;

        public Way(ScriptWork work, SessionState session)
        {
            _work = work;
            _isDirect = !work.HasClauses && work.Usings.Count == 0;
            NeedsOwnPipeline = NeedsErrorStream(work.Original, session);
            MaySpeak = QuietCommands.MaySpeak(work.Original, session);
            // A block of another module does not see the variables of a script that calls it.
            _block = work.Original.Module == session.Module ? work.Original : ((ScriptBlockAst)work.Original.Ast).GetScriptBlock();
            _call = ScriptBlock.Create(work.Call + " @JournalUsing");
            _callInside = ScriptBlock.Create(work.Call + " @JournalUsing 3>&1 4>&1 5>&1 6>&1 | & $args[1] -Write $args[2]");
        }

        /// <summary>Whether the block may write to the error stream and go on, as programs do.</summary>
        public bool NeedsOwnPipeline { get; }

        /// <summary>Whether the block may write to the streams that are logged.</summary>
        public bool MaySpeak { get; }

        public System.Collections.ObjectModel.Collection<PSObject> Invoke(List<PSVariable> variables)
        {
            if (_isDirect) return _work.Original.InvokeWithContext(null, variables);
            variables.Add(Usings());
            return _call.InvokeWithContext(null, variables, _block);
        }

        public System.Collections.ObjectModel.Collection<PSObject> InvokeInside(List<PSVariable> variables, Action<object> write)
        {
            variables.Add(Usings());
            return _callInside.InvokeWithContext(null, variables, _block, Tail, write);
        }

        // By this name a script takes the values of its $using: expressions.
        private PSVariable Usings() => new("JournalUsing", _work.Usings.Count == 0 ? new Hashtable() : new Hashtable { ["-%"] = _work.Usings });

        // What may run a program, whose error output has to be read, or lets errors pass. What is known to be a cmdlet does neither.
        private static bool NeedsErrorStream(ScriptBlock block, SessionState session) =>
            block.Ast.FindAll(static node => node is CommandAst or CommandParameterAst, searchNestedScriptBlocks: true).Any(node => node switch
            {
                CommandParameterAst parameter => parameter.ParameterName.StartsWith("ErrorA", StringComparison.OrdinalIgnoreCase) || parameter.ParameterName.Equals("EA", StringComparison.OrdinalIgnoreCase),
                CommandAst { CommandElements: [ScriptBlockExpressionAst, ..] } => false,
                CommandAst command => command.GetCommandName() is not { } name || !IsCmdlet(session.InvokeCommand.GetCommand(name, CommandTypes.Alias | CommandTypes.Function | CommandTypes.Cmdlet)),
                _ => false,
            });

        private static bool IsCmdlet(CommandInfo? command) => command is AliasInfo alias ? alias.ResolvedCommand is CmdletInfo : command is CmdletInfo;
    }
}

/// <summary>The pipeline of an attempt that can be stopped alone. No command of the module.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "JournalAttempt")]
internal sealed class AttemptCommand : PSCmdlet
{
    /// <summary>What to do in it.</summary>
    [Parameter(Mandatory = true)]
    public Action Body { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Body();
}

/// <summary>The end of a block's pipeline: what came out of its other streams is written there at once; the rest is its output. No command of the module.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "JournalAttemptTail")]
internal sealed class AttemptTailCommand : PSCmdlet
{
    // Tells a record that a stream carried from one that the block emitted as a value (a warning kept by -WarningVariable). PowerShell has no public way to.
    private static readonly PropertyInfo? StreamOfRecord = typeof(PSObject).GetProperty("WriteStream", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>What came.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public PSObject? InputObject { get; set; }

    /// <summary>Where to records go.</summary>
    [Parameter(Mandatory = true)]
    public Action<object> Write { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is InformationalRecord or InformationRecord && IsOfStream(InputObject)) Write(InputObject.BaseObject);
        else WriteObject(InputObject);
    }

    private static bool IsOfStream(PSObject item) => StreamOfRecord is null || Convert.ToInt32(StreamOfRecord.GetValue(item), System.Globalization.CultureInfo.InvariantCulture) > 1;
}
