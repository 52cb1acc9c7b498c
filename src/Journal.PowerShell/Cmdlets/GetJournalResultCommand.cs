using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gets what the tasks of a batch emitted, as far as the journal has it: kept results, and those that are on their way to a pipeline.</summary>
[Cmdlet(VerbsCommon.Get, "JournalResult")]
[OutputType(typeof(PSObject))]
public sealed class GetJournalResultCommand : HistoryCmdlet
{
    private long _given;

    /// <summary>What they emitted in these stages; by default in the last one, which is what the line of the batch writes.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    public string[]? Stage { get; set; }

    /// <summary>Only what runs that died may have written: nobody knows whether it arrived.</summary>
    [Parameter]
    public SwitchParameter Unconfirmed { get; set; }

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds)
    {
        var query = new ResultQuery { BatchIds = batchIds, TaskIds = taskIds, Stages = Stage, Since = Since, Until = Until };
        if (!Unconfirmed)
        {
            Write(store.ReadResults(query));
            return;
        }

        foreach (var share in store.ReadOutbox(null).GroupBy(static share => share.BatchId).Where(shares => batchIds?.Contains(shares.Key) != false))
        {
            var dead = ResultOutbox.InDoubt(store, store.RequireBatch(share.Key), share, Processes).Select(static one => one.Writer!).ToList();
            if (dead.Count > 0) Write(store.ReadResults(query with { BatchIds = [share.Key], Writers = dead }));
        }
    }

    private void Write(IEnumerable<StoredResult> results)
    {
        foreach (var item in results.SelectMany(result => ResultCodec.Decode(result).Skip(Unconfirmed ? result.Written : 0)))
        {
            StopToken.ThrowIfCancellationRequested();
            if (_given++ >= (First ?? long.MaxValue)) return;
            WriteObject(item);
        }
    }
}
