using System.Diagnostics;
using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>Runs script blocks in the caller's session, one at a time, on the pipeline's thread: its functions, variables and modules are there.</summary>
internal sealed class CallerExecutor : ITaskExecutor
{
    // Any command will do: PowerShell starts none in a pipeline that is being stopped.
    private static readonly ScriptBlock Probe = ScriptBlock.Create("$null = Write-Output 1");

    private readonly StageWorks _works;
    private readonly ProviderInfo _fileSystem;

    public CallerExecutor(StageWorks works, ProviderInfo fileSystem)
    {
        _works = works;
        _fileSystem = fileSystem;
    }

    /// <inheritdoc/>
    public bool RunsOnCaller => true;

    /// <inheritdoc/>
    public AttemptResult Execute(RunningTask task, CancellationToken stop)
    {
        var work = _works.For(task.Stage);
        var variables = new List<PSVariable>(4 + work.Usings.Count)
        {
            new("_", TaskInputs.Restore(task.Task.Input, _fileSystem)),
            new("JournalTask", task),
            new("ErrorActionPreference", ActionPreference.Stop),
            new("PSNativeCommandUseErrorActionPreference", true),
        };
        foreach (var (name, value) in work.Usings) variables.Add(new PSVariable(name, value));
        try
        {
            return task.Batch.Options.Timeout is { } limit
                ? ExecuteWithin(limit, task, work, variables)
                : AttemptOutput.Succeeded(task, work.ForCaller.InvokeWithContext(null, variables));
        }
        // A stop goes on up: the runner gives the task back, and PowerShell unwinds the pipeline.
        catch (Exception e) when (AttemptOutput.ErrorOf(e) is not null && e.GetType().Name != "ExitException")
        {
            ThrowIfStopping();
            return AttemptOutput.Failed(AttemptOutput.ErrorOf(e)!);
        }
    }

    // A stop in the wrong instant (while a module is being loaded, say) comes out of the block as some other error. It is a stop all the same.
    private static void ThrowIfStopping() => Probe.Invoke();

    // Only a pipeline of its own can be stopped without stopping the caller's.
    private static AttemptResult ExecuteWithin(TimeSpan limit, RunningTask task, ScriptWork work, List<PSVariable> variables)
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript("param($block, $variables) $block.InvokeWithContext($null, $variables)", useLocalScope: true).AddArgument(work.ForCaller).AddArgument(variables);
        var timedOut = 0;
        var since = Stopwatch.GetTimestamp();
        using var timer = new Timer(
            self =>
            {
                var left = limit - Stopwatch.GetElapsedTime(since);
                if (left > TimeSpan.Zero && ((Timer)self!).Change(LongWait.Step(left), System.Threading.Timeout.InfiniteTimeSpan)) return;
                Interlocked.Exchange(ref timedOut, 1);
                shell.BeginStop(null, null);
            });
        timer.Change(LongWait.Step(limit), System.Threading.Timeout.InfiniteTimeSpan);
        try
        {
            var output = shell.Invoke();
            // A nested pipeline that is stopped ends without an exception.
            if (shell.InvocationStateInfo.State is PSInvocationState.Stopped) return Volatile.Read(ref timedOut) == 1 ? AttemptOutput.TimedOut(task, limit) : throw new PipelineStoppedException();
            return shell.Streams.Error.Count > 0 ? AttemptOutput.Failed(Innermost(shell.Streams.Error[0])) : AttemptOutput.Succeeded(task, output);
        }
        catch (PipelineStoppedException) when (Volatile.Read(ref timedOut) == 1)
        {
            return AttemptOutput.TimedOut(task, limit);
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            return AttemptOutput.Failed(Innermost(e.ErrorRecord));
        }
    }

    // InvokeWithContext, called from a script, wraps the block's error into that of a method call.
    private static ErrorRecord Innermost(ErrorRecord error) =>
        error.Exception is MethodInvocationException { InnerException: RuntimeException inner } ? inner.ErrorRecord : error;
}
