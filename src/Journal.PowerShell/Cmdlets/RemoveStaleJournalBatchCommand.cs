using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Removes batches that ended long ago. Emits what it removed.</summary>
[Cmdlet(VerbsCommon.Remove, "StaleJournalBatch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(JournalBatch))]
public sealed class RemoveStaleJournalBatchCommand : JournalCmdlet
{
    /// <summary>How long ago they ended at least: a number of days (30, 30d) or a TimeSpan; by default 7 days.</summary>
    [Parameter(Position = 0)]
    [Days]
    public TimeSpan OlderThan { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Only batches of these names; wildcards are allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = WriterOrEmpty;
        var now = store.Now;
        var before = OlderThan < now - DateTimeOffset.MinValue ? now - OlderThan : DateTimeOffset.MinValue;
        var stale = store.ReadBatches(new BatchQuery { EndedBefore = before, Names = NamePatterns.OfBatches(store, Name), OldestFirst = true }).ToList();
        ForEach(stale, batch =>
        {
            if (!ShouldProcess($"batch '{batch.Id}' ({batch.Status}, {Amount.Of(batch.Total, "task")}, ended {(batch.EndedAt is { } ended ? RelativeTime.Local(ended) : "")})", "Remove")) return;
            EarlierRuns.Keep(store, batch);
            BatchRemoval.Remove(this, store, batch);
            WriteObject(batch);
        });
    }
}
