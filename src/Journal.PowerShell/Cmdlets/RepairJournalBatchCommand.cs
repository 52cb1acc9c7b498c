using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Takes tasks back from workers that died, ends the programs that their tasks left running, and deletes the temporary files they left in their batch's work directory.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "JournalBatch", SupportsShouldProcess = true)]
[OutputType(typeof(JournalRecovery))]
public sealed class RepairJournalBatchCommand : JournalCmdlet
{
    /// <summary>The batches: ids, names (the newest batch of that name), or objects of them; by default all that have tasks in progress.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("BatchId")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var store = WriterOrEmpty;
        ForEach(Id ?? store.ReadInFlight(null).Select(static task => task.BatchId).Distinct(), named =>
        {
            var id = store.MeantBatch(named).Id;
            if (!ShouldProcess($"batch '{id}'", "Recover the tasks of dead workers")) return;
            foreach (var task in BatchRecovery.Recover(store, id, Processes, SessionWorker.Get())) WriteObject(Describe(store, task));
        });
    }

    private static JournalRecovery Describe(IJournalStore store, RecoveredTask task) => new(
        task.TaskId, task.BatchId, task.Key, task.Abandoned ? JournalTaskStatus.Failed : JournalTaskStatus.Pending, task.Worker, task.Reason,
        JsonList.From(task.Files.Where(static file => file.Deleted).Select(static file => file.Path)),
        JsonList.From(task.Files.Where(static file => !file.Deleted).Select(static file => $"{file.Path}: {file.Reason}")),
        JsonList.From(task.Programs),
        store.Location);
}
