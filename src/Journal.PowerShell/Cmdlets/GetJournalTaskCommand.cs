using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gets tasks. Filters run in the journal, and rows come as they are read.</summary>
[Cmdlet(VerbsCommon.Get, "JournalTask")]
[OutputType(typeof(JournalTask))]
public sealed class GetJournalTaskCommand : TaskQueryCmdlet
{
    /// <summary>By what to order; by default in the order in which they were added.</summary>
    [Parameter]
    public TaskOrder OrderBy { get; set; }

    /// <summary>Largest or latest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>Leave out so many first.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long Skip { get; set; }

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, TaskQuery scope) =>
        WriteAll(store.ReadTasks(scope with { OrderBy = OrderBy, Descending = Descending, First = First, Skip = Skip }));
}
