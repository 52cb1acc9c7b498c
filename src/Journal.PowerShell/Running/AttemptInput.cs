using System.Management.Automation;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>What a script block gets: an input and its task, or those of a chunk as arrays in the same order.</summary>
internal static class AttemptInput
{
    /// <summary>The value of <c>$_</c>.</summary>
    /// <param name="task">The task, or the first one of a chunk.</param>
    /// <param name="session">See <see cref="TaskInputs.Restore"/>.</param>
    public static object? Of(RunningTask task, SessionState session) => task.Chunk is not { } chunk
        ? TaskInputs.Restore(task.Task.StoredInput, session)
        : chunk.Select(one => TaskInputs.Restore(one.Task.StoredInput, session)).ToArray();

    /// <summary>The value of <c>$JournalTask</c>.</summary>
    /// <param name="task">The task, or the first one of a chunk.</param>
    public static object TaskOf(RunningTask task) => (object?)task.Chunk ?? task;
}
