using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Lifecycle;
using Journal.Storage;
using Journal.Storage.Shared;

namespace Journal.Commands;

/// <summary>Creates a batch from inputs, without running it.</summary>
[Cmdlet(VerbsLifecycle.Start, "JournalBatch", SupportsShouldProcess = true)]
[OutputType(typeof(JournalBatch))]
public sealed class StartJournalBatchCommand : BatchOptionCmdlet
{
    private TaskFeeder _feeder = null!;
    private JournalBatch? _batch;
    private BatchOptions _options = BatchOptions.OfCommands;
    private bool _confirmed;

    /// <summary>The name that runs of the same work share.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The steps that every task goes through, in order.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Stage { get; set; } = [];

    /// <summary>Add at most so many new tasks: those of the highest priority first, of these the largest weight first.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long? First { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        base.OnBegin();
        BatchNaming.ValidateName(Name);
        StageNaming.Validate(Stage);
        _feeder = new TaskFeeder(AddTasks, Time, First);
        _options = OptionsOver(BatchOptions.OfCommands);
        _confirmed = ShouldProcess($"batch '{Name}' in {Location}", "Create");
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (!_confirmed) return;
        TakeInputs((task, _) =>
        {
            PaceRules.Check(task, _options);
            _feeder.Add(task);
        });
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (!_confirmed) return;
        TellOfInputs();
        _feeder.Flush();
        // Of a line whose inputs were all refused nothing is left; a batch without inputs is one to add tasks to.
        if (_batch is null && Refused > 0) return;
        var batch = _batch ?? Create(OpenStore(StoreAccess.Create));
        if (_feeder.Result is { } result && result.AlreadyThere + result.Duplicates is > 0 and var repeated)
        {
            WriteWarning($"{repeated} {(repeated == 1 ? "input" : "inputs")} had a key that came before; each key is a task once.");
        }

        WriteInformation(JournalAddition.Sentence(batch.Id, _feeder.Result, _feeder.LeftOut), [AdditionTag]);
        WriteObject(Writer.RequireBatch(batch.Id));
    }

    private AddResult AddTasks(IReadOnlyList<NewTask> tasks)
    {
        var store = OpenStore(StoreAccess.Create);
        _batch ??= Create(store);
        return store.AddTasks(_batch.Id, tasks, SessionWorker.Get());
    }

    private JournalBatch Create(IJournalStore store) => store.CreateBatch(
        new NewBatch(Name)
        {
            InputSource = InputSource,
            SourceType = SourceType ?? Inputs.SourceType,
            KeyExpression = Inputs.KeyExpression,
            Stages = JsonList.From(Stage),
            Settings = TaskInputs.ToMap(Setting, "-Setting"),
            Metadata = TaskInputs.ToMap(Metadata, "-Metadata"),
            Options = _options,
        },
        SessionWorker.Get());
}
