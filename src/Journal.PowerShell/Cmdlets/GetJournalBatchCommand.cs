using System.Management.Automation;
using Journal.Commands.Binding;
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

    /// <summary>Names; wildcards are allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Ids, or objects that tell their batch.</summary>
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
        var batch = Reader.RequireBatch(id);
        if (Status is null || Status.Contains(batch.Status)) WriteObject(LivingWork.Look(Reader, batch, Processes));
    }

    private void WriteByName()
    {
        var names = NamePatterns.OfBatches(Reader, Name);
        // Before anything is emitted: the next cmdlet of the pipeline may remove what it is given.
        ForEach(names ?? [], name =>
        {
            if (!name.IsPattern && !Reader.ReadBatches(new BatchQuery { Names = [name], First = 1 }).Any()) throw JournalErrors.BatchNameNotFound(name.Text);
        });
        var store = Reader;
        WriteAll(store.ReadBatches(new BatchQuery { Names = names, Statuses = Status, First = Latest ? 1 : First, Skip = Skip }).Select(batch => LivingWork.Look(store, batch, Processes)));
    }
}
