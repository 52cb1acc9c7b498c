using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Measures batches: counts, durations, throughput, what is left and how long it takes, errors by category and by text; or beside an earlier batch.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "JournalBatch")]
[OutputType(typeof(JournalBatchSummary), typeof(JournalBatchComparison))]
public sealed class MeasureJournalBatchCommand : BatchTargetCmdlet
{
    /// <summary>How many tasks would run at a time, for the estimate; by default as many as are in progress now.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ThrottleLimit { get; set; }

    /// <summary>An earlier batch to compare with: its id, or Previous for the one of the same name that was created before.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string? CompareTo { get; set; }

    /// <summary>Look on the disk how many of the recorded outputs are still there.</summary>
    [Parameter]
    public SwitchParameter VerifyOutput { get; set; }

    /// <inheritdoc/>
    protected override StoreAccess Access => StoreAccess.Read;

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        if (CompareTo is null) WriteObject(Summary(store, batch));
        else WriteObject(BatchComparison.Build(Summary(store, batch), Summary(store, BatchComparison.FindEarlier(store, batch, CompareTo))));
    }

    private JournalBatchSummary Summary(IJournalStore store, JournalBatch batch) =>
        BatchSummary.Read(store, LivingWork.Look(store, batch, Processes), TimeZoneInfo.Local, ThrottleLimit, VerifyOutput ? SizeOf : null);

    // A million files on a slow disk: Ctrl+C must not wait for the last.
    private long? SizeOf(string path)
    {
        StopToken.ThrowIfCancellationRequested();
        return OutputTally.OnDisk(path);
    }
}
