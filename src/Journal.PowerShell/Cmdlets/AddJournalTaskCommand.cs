using System.Management.Automation;
using Journal.Commands.Binding;
using Journal.Commands.Completion;
using Journal.Commands.Running;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Adds inputs to a batch; those whose keys it has are left alone.</summary>
[Cmdlet(VerbsCommon.Add, "JournalTask", SupportsShouldProcess = true)]
[OutputType(typeof(JournalAddition))]
public sealed class AddJournalTaskCommand : BatchInputCmdlet
{
    private TaskFeeder _feeder = null!;
    private string _batchId = "";
    private string? _ownSourceType;
    private bool _confirmed;

    /// <summary>The batch: its id, or the batch itself.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Id")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    [ValidateCount(1, 1)]
    public string[] BatchId { get; set; } = [];

    /// <summary>Your own data about the tasks.</summary>
    [Parameter]
    [ValidateNotNull]
    public System.Collections.IDictionary? Metadata { get; set; }

    /// <summary>Add at most so many new tasks: those of the highest priority first, of these the largest weight first.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long? First { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        base.OnBegin();
        var batch = Writer.RequireBatch(BatchId[0]);
        _batchId = batch.Id;
        _ownSourceType = SourceType == batch.SourceType ? null : SourceType;
        var metadata = TaskInputs.ToMap(Metadata, "-Metadata");
        _feeder = new TaskFeeder(tasks => Writer.AddTasks(_batchId, Annotate(tasks, metadata), SessionWorker.Get(), mends: true), Time, First);
        _feeder.PassKeysOnce();
        _confirmed = ShouldProcess($"batch '{_batchId}'", "Add tasks");
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (_confirmed) ForEach(InputsAtHand(), input => _feeder.Add(ReadInput(input)));
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (!_confirmed) return;
        _feeder.Flush();
        var result = _feeder.Result;
        var addition = new JournalAddition(_batchId, result.Added, result.AlreadyThere, result.Duplicates, _feeder.LeftOut, Writer.RequireBatch(_batchId).Total, Writer.Location);
        foreach (var change in RunWords.Changes(result)) WriteWarning(change);
        WriteInformation(addition.ToString(), [AdditionTag]);
        WriteObject(addition);
    }

    private IReadOnlyList<NewTask> Annotate(IReadOnlyList<NewTask> tasks, JsonMap metadata) =>
        _ownSourceType is null && metadata.Count == 0 ? tasks : tasks.Select(task => task with { SourceType = _ownSourceType, Metadata = metadata }).ToList();
}
