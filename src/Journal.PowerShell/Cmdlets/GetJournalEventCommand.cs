using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gets the audit trail: what changed, when, by whom, from which state to which, and why. With -Wait it goes on as things happen.</summary>
[Cmdlet(VerbsCommon.Get, "JournalEvent")]
[OutputType(typeof(JournalEvent))]
public sealed class GetJournalEventCommand : HistoryCmdlet
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Of these kinds.</summary>
    [Parameter]
    public JournalEventKind[]? Kind { get; set; }

    /// <summary>Only the last so many, still oldest first.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long? Last { get; set; }

    /// <summary>Wait for further events, until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds)
    {
        var query = new EventQuery { BatchIds = batchIds, TaskIds = taskIds, Kinds = Kind, Since = Since, Until = Until, Last = Last, First = First };
        // What is there when the first look begins must not be shown by the second, even if nothing was asked of the first.
        if (Wait && Last == 0) query = query with { AfterId = store.ReadEvents(new EventQuery { Last = 1 }).FirstOrDefault()?.Id ?? 0 };
        var left = First;
        while (true)
        {
            foreach (var entry in store.ReadEvents(query))
            {
                StopToken.ThrowIfCancellationRequested();
                WriteObject(entry);
                query = query with { AfterId = entry.Id };
                left--;
            }

            if (!Wait || left <= 0) return;
            query = query with { Last = null, First = left };
            if (StopToken.WaitHandle.WaitOne(PollInterval)) StopToken.ThrowIfCancellationRequested();
        }
    }
}
