using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gets batches, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "JournalBatch", DefaultParameterSetName = "Name")]
[OutputType(typeof(JournalBatch))]
public sealed class GetJournalBatchCommand : JournalCmdlet
{
    private readonly HashSet<(string Journal, string Id)> _seen = [];

    /// <summary>Names, with wildcards, or ids.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Ids, names (the newest batch of that name), or objects that tell their batch.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Id")]
    [Alias("BatchId")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>In one of these statuses.</summary>
    [Parameter]
    public JournalBatchStatus[]? Status { get; set; }

    /// <summary>Only the newest one.</summary>
    [Parameter(ParameterSetName = "Name")]
    public SwitchParameter Latest { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter(ParameterSetName = "Name")]
    [ValidateRange(0L, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>Leave out so many first.</summary>
    [Parameter(ParameterSetName = "Name")]
    [ValidateRange(0L, long.MaxValue)]
    public long Skip { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (ParameterSetName == "Id") ForEach(Id, WriteById);
        else WriteByName();
    }

    private void WriteById(string id)
    {
        if (!_seen.Add((Location, id))) return;
        var store = ReaderOrEmpty;
        var batch = store.MeantBatch(id);
        if (Status is null || Status.Contains(batch.Status)) WriteObject(LivingWork.Look(store, batch, Processes));
    }

    private void WriteByName()
    {
        var store = ReaderOrEmpty;
        var names = NamePatterns.OfBatches(store, Name);
        var ids = new List<string>();
        // Before anything is emitted: the next cmdlet of the pipeline may remove what it is given.
        ForEach(names?.ToList() ?? [], name =>
        {
            if (name.IsPattern || store.ReadBatches(new BatchQuery { Names = [name], First = 1 }).Any()) return;
            names!.Remove(name);
            ids.Add(store.FindBatch(name.Text)?.Id ?? throw (store is EmptyJournal ? JournalErrors.JournalNotFound(store.Location) : JournalErrors.BatchNameNotFound(name.Text)));
        });
        var query = new BatchQuery { Statuses = Status, First = Latest ? 1 : First, Skip = Skip };
        // Where a text was an id, the ids of all: they are few, and still come newest first and once.
        if (ids.Count > 0) query = query with { Ids = [.. ids, .. names!.Count == 0 ? [] : store.ReadBatches(new BatchQuery { Names = names }).Select(static batch => batch.Id)] };
        else if (names is not { Count: 0 }) query = query with { Names = names };
        else if (Name is not null) return;
        WriteAll(store.ReadBatches(query).Select(batch => LivingWork.Look(store, batch, Processes)));
    }
}
