using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>One attempt, on its way from the runner's thread to a runspace's and back.</summary>
internal sealed class PoolAttempt
{
    private readonly ScriptWork _work;
    private readonly EventWaitHandle _ended;

    /// <param name="work">What to run.</param>
    /// <param name="task">For which task.</param>
    /// <param name="ended">Set when there is a result.</param>
    public PoolAttempt(ScriptWork work, RunningTask task, EventWaitHandle ended) => (_work, Task, _ended) = (work, task, ended);

    /// <summary>The live task.</summary>
    public RunningTask Task { get; }

    /// <summary>How it went; null while it runs.</summary>
    public AttemptResult? Result { get; private set; }

    /// <summary>Runs the block, on the thread of a pipeline of the runspace.</summary>
    /// <param name="session">The runspace's.</param>
    /// <param name="blockOf">The runspace's own block of a work.</param>
    public void Run(SessionState session, Func<ScriptWork, ScriptBlock> blockOf)
    {
        try
        {
            var input = new PSVariable("_", TaskInputs.Restore(Task.Task.StoredInput, session.Path.CurrentFileSystemLocation.Provider));
            // Global, so that functions of modules see it, too.
            session.PSVariable.Set("global:JournalTask", Task);
            foreach (var (name, value) in _work.Usings) session.PSVariable.Set("global:" + name, value);
            Result = AttemptOutput.Succeeded(Task, blockOf(_work).InvokeWithContext(null, [input]));
        }
#pragma warning disable CA1031 // Whatever the block throws is the attempt's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Result = AttemptOutput.ErrorOf(e) is { } error ? AttemptOutput.Failed(error) : AttemptResult.Stopped;
        }
        finally
        {
            _ended.Set();
        }
    }
}
