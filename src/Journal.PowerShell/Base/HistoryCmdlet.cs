using System.Management.Automation;
using Journal.Commands.Completion;

namespace Journal.Commands.Base;

/// <summary>A cmdlet over the history of batches and tasks.</summary>
public abstract class HistoryCmdlet : QueryCmdlet
{
    /// <summary>Of these tasks.</summary>
    [Parameter]
    [Alias("Id")]
    [TaskReference]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public TaskReference[]? TaskId { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? First { get; set; }

    private protected override TaskReference[]? Tasks => TaskId;
}
