using System.Management.Automation;
using Journal.Commands.Opening;
using Journal.Storage;

namespace Journal.Commands.Results;

/// <summary>The method Result of the tasks that cmdlets emit: <c>Get-JournalTask | ForEach-Object Result</c>.</summary>
public static class TaskResult
{
    /// <summary>What a task emitted: null, one object, or an array.</summary>
    /// <param name="task">The task.</param>
    /// <param name="stage">In which stage; by default in the last one.</param>
    public static object? Result(PSObject task, string? stage = null)
    {
        if (ValueSelector.Unwrap(task) is not JournalTask known) return null;
        using var stores = new StoreSet();
        var query = new ResultQuery { TaskIds = [known.Id], BatchIds = [known.BatchId], Stages = stage is null ? null : [stage] };
        var items = stores.Get(known.JournalPath, StoreAccess.Read).ReadResults(query).SelectMany(ResultCodec.Decode).ToArray();
        return items.Length switch { 0 => null, 1 => items[0], _ => items };
    }
}
