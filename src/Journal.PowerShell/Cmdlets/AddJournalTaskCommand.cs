using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Commands.Running;
using Journal.Lifecycle;
using Journal.Storage;
using Journal.Storage.Shared;

namespace Journal.Commands;

/// <summary>
/// Adds inputs to a batch; those whose keys it has are left alone, canceled ones are taken up again. Given a name, it adds to the newest batch of that name,
/// and creates one where there is none: a script that is killed and run again fills one batch.
/// </summary>
[Cmdlet(VerbsCommon.Add, "JournalTask", SupportsShouldProcess = true)]
[OutputType(typeof(JournalAddition))]
public sealed class AddJournalTaskCommand : BatchInputCmdlet
{
    private TaskFeeder _feeder = null!;
    private JournalBatch? _batch;
    private JsonMap _metadata = JsonMap.Empty;
    private bool _confirmed;

    /// <summary>The batch: its id, the batch itself, or a name: the newest batch of that name, a new one where there is none.</summary>
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
        var store = WriterOrEmpty;
        _batch = store.MeantOrNewBatch(BatchId[0]);
        if (_batch is not null) PaceRules.RequireLimitBy(_batch, Inputs.LimitByExpression, mayBegin: false);
        _metadata = TaskInputs.ToMap(Metadata, "-Metadata");
        _feeder = new TaskFeeder(AddTasks, Time, First);
        _feeder.PassKeysOnce();
        _confirmed = ShouldProcess($"batch '{_batch?.Id ?? BatchId[0]}'", _batch is null ? "Create it, and add tasks" : "Add tasks");
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (!_confirmed) return;
        TakeInputs((task, _) =>
        {
            PaceRules.Check(task, _batch?.Options ?? BatchOptions.Default);
            _feeder.Add(task);
        });
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (!_confirmed) return;
        TellOfInputs();
        _feeder.Flush();
        var result = _feeder.Result;
        var batch = _batch is null ? null : Writer.RequireBatch(_batch.Id);
        var addition = new JournalAddition(batch?.Id ?? BatchId[0], result.Added, result.AlreadyThere, result.TakenUp, result.Duplicates, _feeder.LeftOut, batch?.Total ?? 0, Location);
        foreach (var change in RunMessages.Changes(result)) WriteWarning(change);
        WriteInformation(addition.ToString(), [AdditionTag]);
        WriteObject(addition);
    }

    // The batch is created with its first tasks: without an input there is nothing to create it for.
    private AddResult AddTasks(IReadOnlyList<NewTask> tasks)
    {
        var store = OpenStore(_batch is null ? StoreAccess.Create : StoreAccess.Write);
        _batch ??= Create(store);
        return store.Enqueue(_batch.Id, Annotate(tasks, _batch), SessionWorker.Get());
    }

    private JournalBatch Create(IJournalStore store) => store.CreateBatchAfter(
        new NewBatch(BatchId[0]) { InputSource = InputSource, SourceType = SourceType ?? Inputs.SourceType, KeyExpression = Inputs.KeyExpression, Options = BatchOptions.Default with { LimitBy = Inputs.LimitByExpression } },
        newestKnown: null,
        SessionWorker.Get()) ?? store.MeantBatch(BatchId[0]);

    private IReadOnlyList<NewTask> Annotate(IReadOnlyList<NewTask> tasks, JournalBatch batch)
    {
        var ownSourceType = SourceType == batch.SourceType ? null : SourceType;
        return ownSourceType is null && _metadata.Count == 0 ? tasks : tasks.Select(task => task with { SourceType = ownSourceType, Metadata = _metadata }).ToList();
    }
}
