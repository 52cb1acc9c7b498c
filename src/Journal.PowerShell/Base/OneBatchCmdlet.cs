using System.Management.Automation;
using Journal.Commands.Completion;

namespace Journal.Commands.Base;

/// <summary>A cmdlet that works on one batch, or without one on something else: its own object, or the journal itself.</summary>
public abstract class OneBatchCmdlet : JournalCmdlet
{
    /// <summary>A batch, or an object that tells one.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The batch: its id, its name (the newest one) or an object of it.</summary>
    [Parameter]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    [ValidateCount(1, 1)]
    public string[]? BatchId { get; set; }
}
