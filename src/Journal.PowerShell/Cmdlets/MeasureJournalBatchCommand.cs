using System.Management.Automation;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Measures batches: counts, durations, what is left and how long it takes, errors by category and by text.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "JournalBatch")]
[OutputType(typeof(JournalBatchSummary))]
public sealed class MeasureJournalBatchCommand : BatchTargetCmdlet
{
    /// <summary>How many tasks would run at a time, for the estimate; by default as many as are in progress now.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override StoreAccess Access => StoreAccess.Read;

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        var parallelism = ThrottleLimit > 0 ? ThrottleLimit : (int)Math.Max(1, batch.InProgress);
        WriteObject(BatchSummary.Build(batch, store.ReadFigures(batch.Id), parallelism, store.Now));
    }
}
