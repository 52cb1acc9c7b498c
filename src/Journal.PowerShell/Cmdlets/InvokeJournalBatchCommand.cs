using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Journal.Commands.Completion;
using Journal.Commands.Running;
using Journal.Lifecycle;
using Journal.Runs;
using Journal.Statistics;
using Journal.Storage;
using Journal.Storage.Shared;

namespace Journal.Commands;

/// <summary>Runs a script block over the inputs of a batch, durably: the same line run again goes on where it was.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "JournalBatch", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(JournalBatchSummary), typeof(JournalBatchJob))]
public sealed class InvokeJournalBatchCommand : BatchOptionCmdlet
{
    private const string ByName = "Name";
    private const string ById = "BatchId";

    private StageWorks _works = null!;
    private RunMessages _words = null!;
    private TaskFeeder _feeder = null!;
    private IJournalStore? _store;
    private JournalBatch? _batch;
    private PlanPrinter? _printer;
    private EarlierRuns? _earlier;
    private JournalBatch? _ended;
    private BatchOptions _newOptions = BatchOptions.OfCommands;
    private CallerScripts _scripts = null!;
    private bool _held;
    private JournalBatch? _paused;
    private bool _isResumed;
    private CmdletStreams _streams = null!;
    private BatchRun? _run;

    /// <summary>The name that runs of the same work share, in any case.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The id of a batch that exists, or a name: its newest batch.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById)]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string BatchId { get; set; } = "";

    /// <summary>The work: a script block, or an ordered dictionary of script blocks by stage.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("ScriptBlock")]
    [ValidateNotNull]
    public object Process { get; set; } = null!;

    /// <summary>How many tasks run at once: 1 in the caller's session, more, and those of a job, in runspaces of their own.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>How many tasks the block gets in one call at most, as arrays in $_ and $JournalTask; not given, each task has its own call.</summary>
    [Parameter]
    [ValidateRange(1, ChunkAttempt.Most)]
    public int? ChunkSize { get; set; }

    /// <summary>Only go on with a batch that exists; an error where there is none.</summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter Resume { get; set; }

    /// <summary>Always start a new batch.</summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter New { get; set; }

    /// <summary>Run the newest batch of the name all over.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Leave out the inputs that an earlier batch of the name has completed.</summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter Incremental { get; set; }

    /// <summary>What tells, with the input as $_, that an input has changed since an incremental run completed it (its time and size, a hash).</summary>
    [Parameter(ParameterSetName = ByName)]
    [ValidateNotNull]
    public ScriptBlock? Fingerprint { get; set; }

    /// <summary>Do completed tasks again whose output files are gone (Exists), have another size (Size) or another content (Hash).</summary>
    [Parameter]
    public OutputCheck VerifyOutput { get; set; }

    /// <summary>Leave failed tasks alone.</summary>
    [Parameter]
    public SwitchParameter SkipFailed { get; set; }

    /// <summary>Run only this stage.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Stage { get; set; }

    /// <summary>The stage in which failed tasks (with -Force, all tasks) go on; by default the one in which each of them failed (with -Force, the first).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FromStage { get; set; }

    /// <summary>Emit the summary of the batch instead of what the blocks emit.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>Write again, and first, what a run that died may have written and nobody knows to have arrived.</summary>
    [Parameter]
    public SwitchParameter Redeliver { get; set; }

    /// <summary>Failures for good that end the run as a stop does.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxFailures { get; set; }

    /// <summary>Failures for good, as a percentage of the tasks this run has ended, that end it as a stop does.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? MaxFailurePercent { get; set; }

    /// <summary>How long tasks under way may go on when the run is stopped; no others begin. A TimeSpan or seconds, by default 0: they are stopped at once.</summary>
    [Parameter]
    [Duration]
    public TimeSpan StopTimeout { get; set; }

    /// <summary>Where a quota is used up, stay, wait until it is renewed, and go on.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Modules to load into the runspaces of a parallel run or a job.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ImportModule { get; set; } = [];

    /// <summary>Functions of this session to carry into the runspaces of a parallel run or a job.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] FunctionName { get; set; } = [];

    /// <summary>Asked, with the task as $_, before a task that died in the middle is run again: $true when its effect took place.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Reconcile { get; set; }

    /// <summary>Asked, with the input as $_, whether its result is there already: then it is recorded as completed without running.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? RecordExisting { get; set; }

    /// <summary>What to call this worker.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Worker { get; set; }

    /// <summary>Run behind the session: read the inputs, start the run, and emit it as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>The name of the job; by default PowerShell makes one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JobName { get; set; }

    // With the id of a batch there is nothing to choose.
    private RunMode Mode =>
        New ? RunMode.New
        : Force ? RunMode.Force
        : Resume || ParameterSetName == ById ? RunMode.Resume
        : Incremental ? RunMode.Incremental
        : VerifyOutput is not OutputCheck.None ? RunMode.VerifyOutput
        : RunMode.ResumeOrNew;

    private bool IsWhatIf => Given("WhatIf")
        ? ((SwitchParameter)MyInvocation.BoundParameters["WhatIf"]).IsPresent
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>How often a line of the information stream says how far the run is, for the log of a scheduled task. A TimeSpan or seconds, by default 5 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        base.OnBegin();
        if (new[] { Resume, New, Force, Incremental }.Count(static mode => mode) > 1) throw JournalErrors.InvalidValue("-Resume, -New, -Force, -Incremental", null, "give only one of them.");
        if (AsJob && Reconcile is not null) throw JournalErrors.InvalidValue("-Reconcile", null, "it is asked in the session, in which a job does not run; leave out -AsJob.");
        if (ParameterSetName == ByName) BatchNaming.ValidateName(Name);
        _works = StageWorks.Read(Process, SessionState);
        _words = new RunMessages(_streams = new CmdletStreams(this));
        Order(hasInput: false).Validate();
        foreach (var idle in UnusedParameters.Of(MyInvocation.BoundParameters, HasInputs, inSession: !UsesRunspaces, AsJob)) WriteWarning(idle);
        foreach (var stage in new[] { Stage, FromStage })
        {
            if (stage is not null && !_works.Has(stage)) throw JournalErrors.StageNotFound(Name + BatchId, stage, _works.Stages);
        }

        _newOptions = OptionsOver(BatchOptions.OfCommands);
        if (IsWhatIf)
        {
            _printer = new PlanPrinter(Tell, WriteVerbose, () => JournalExists || ParameterSetName == ById ? Reader : null, (store, hasInput) => OrEnd(() => RunPlan.Make(store, Order(hasInput))));
        }
        else if (!ShouldProcess(ParameterSetName == ByName ? Name : BatchId, "Run batch"))
        {
            _held = true;
        }

        _scripts = new CallerScripts(Fingerprint, RecordExisting, Reconcile);
        _feeder = new TaskFeeder(tasks => _isResumed ? _store!.Enqueue(_batch!.Id, tasks) : _store!.AddTasks(_batch!.Id, tasks), TimeProvider.System);
    }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (_held) return;
        TakeInputs((read, input) =>
        {
            var task = _scripts.WithFingerprint(read, input, out var asBefore);
            var earlier = Incremental ? Earlier()?.Of(task, asBefore) : null;
            var isThere = earlier is not { LeavesOut: true } && _scripts.FindExisting(task, input);
            if (_printer is not null) _printer.Add(task, earlier, isThere);
            else if (earlier is not { LeavesOut: true })
            {
                // Before there is a batch, which would be one without tasks, and again by what a batch says that was there.
                PaceRules.Check(task, _batch?.Options ?? _newOptions);
                if (OpenBatch(hasInput: true) is not { } batch) return;
                PaceRules.Check(task, batch.Options);
                _feeder.Add(task);
            }
        });
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        TellOfInputs();
        if (_printer is not null)
        {
            _printer.Finish(Refused);
            return;
        }

        if (_held && _paused is not null) WriteWithoutRunning();
        if (_held) return;
        _feeder.Flush();
        _words.LeftOut(Name, LeftOut);
        if (OpenBatch(hasInput: false) is not { } batch)
        {
            WriteWithoutRunning();
            return;
        }

        _words.Added(batch, _feeder.Result, Incremental);
        var filled = _store!.RequireBatch(batch.Id);
        if (_ended is not null) _words.BeginsAnew(_store!, filled, _ended);
        if (filled.Total == 0) _words.IsEmpty(filled);
        Run(_store!, filled);
    }

    /// <summary>The batch, made ready when the first input is there; null when there is nothing to run. A batch that cannot be run ends the call.</summary>
    private JournalBatch? OpenBatch(bool hasInput) => _batch is not null || _held ? _batch : OrEnd(() => PrepareBatch(hasInput));

    private JournalBatch? PrepareBatch(bool hasInput)
    {
        // Without an input there is nothing to make a journal for.
        if (hasInput || JournalExists || ParameterSetName == ById) _store = OpenStore(hasInput ? StoreAccess.Create : StoreAccess.Write);
        var prepared = RunPreparation.Prepare(_store, Order(hasInput));
        _held = prepared.Readiness is not RunReadiness.Ready;
        if (prepared.Readiness is not RunReadiness.NothingToRun || _earlier is not { LeftOut: > 0 }) _words.Prepared(Name, prepared, Refused, New);
        _ended = prepared.Ended;
        _paused = prepared.Readiness is RunReadiness.Paused && !New ? prepared.Batch : null;
        if (_held) return null;
        _batch = prepared.Batch;
        if (prepared.IsResumed) GoOnWith(prepared.Batch!);
        return _batch;
    }

    private void GoOnWith(JournalBatch batch)
    {
        _isResumed = true;
        _feeder.PassKeysOnce();
        // Before the inputs come: a task that its worker died with takes one that has changed, too.
        if (batch.InProgress > 0) _words.Recovered(BatchRecovery.Recover(_store!, batch.Id, Processes, null));
    }

    // Nothing was run, and what there is comes out all the same: a script goes by the summary that it asked for, and a file of kept results is the same as after any run.
    private void WriteWithoutRunning()
    {
        if (AsJob) StartJob(_paused, begin: null, [.. ItemsWithoutRunning()]);
        else WriteAll(ItemsWithoutRunning());
    }

    private IEnumerable<object?> ItemsWithoutRunning()
    {
        if (!Summary) return _paused is { Options.KeepResult: true } paused ? Delivery.Kept(_store!, paused) : [];
        var batch = !JournalExists ? null : ParameterSetName == ById ? Reader.MeantBatch(BatchId) : BatchSelection.NewestOf(Reader, Name);
        return [batch is null
            ? new JournalBatchSummary { BatchId = "", Name = Name, Status = JournalBatchStatus.Completed, StatusText = "Nothing to do", LeftOut = LeftOut, JournalPath = Location }
            : BatchSummary.Read(Reader, batch, TimeZoneInfo.Local, ThrottleLimit, leftOut: LeftOut)];
    }

    // Not by the batch of this run itself, which goes on.
    private long LeftOut => _earlier?.LeftOutBut(_batch?.Id) ?? 0;

    private EarlierRuns? Earlier() => JournalExists ? _earlier ??= EarlierRuns.Read(Reader, Name, VerifyOutput) : null;

    private bool JournalExists => JournalLocation.IsPostgres(Location) || File.Exists(Location);

    private RunOrder Order(bool hasInput) => new(Mode, new RunDefinition(Name, _works.Stages)
    {
        InputSource = HasInputs ? InputSource : null,
        SourceType = SourceType ?? Inputs.SourceType,
        KeyExpression = Inputs.KeyExpression,
        Settings = Setting is null ? null : TaskInputs.ToMap(Setting, "-Setting"),
    })
    {
        BatchId = ParameterSetName == ById ? BatchId : null,
        HasInput = hasInput,
        GivesLimitBy = LimitBy is not null,
        Options = OptionsOver,
        NewOptions = BatchOptions.OfCommands,
        Metadata = Metadata is null ? JsonMap.Empty : TaskInputs.ToMap(Metadata, "-Metadata"),
        VerifyOutput = VerifyOutput,
        Waits = Wait,
        SkipFailed = SkipFailed,
        FromStage = FromStage,
        Stage = Stage,
        ChunkSize = ChunkSize,
        Redelivers = Redeliver,
        Reconciles = Reconcile is not null,
        Processes = Processes,
    };

    private bool UsesRunspaces => ThrottleLimit > 1 || AsJob;

    private void Run(IJournalStore store, JournalBatch batch)
    {
        var (works, setup) = (_works, UsesRunspaces ? Setup() : null);
        var line = new RunLine(setup is null ? streams => new CallerExecutor(works, this, _streams) : streams => new PoolExecutor(works, setup, streams), _scripts, RunspacePaths.Resolver(AsJob, path => ResolveFilePath(path, RunspacePaths.Error)))
        {
            IsJob = AsJob,
            Degree = ThrottleLimit,
            ChunkSize = ChunkSize,
            Stage = Stage,
            MaxFailures = MaxFailures,
            MaxFailurePercent = MaxFailurePercent,
            // A batch that was imported, or that an older version made, has none.
            FailureThreshold = FailureThreshold is not null || batch.Options.FailureThreshold > 0 ? null : BatchOptions.OfCommands.FailureThreshold,
            StopTimeout = StopTimeout,
            VerifyOutput = VerifyOutput,
            Summary = Summary,
            Redeliver = Redeliver,
            Reconciles = Reconcile is not null,
            Worker = Worker,
            ProgressInterval = ProgressInterval,
            Waits = Wait,
            LeftOut = LeftOut,
        };
        if (AsJob) StartJob(batch, streams => new BatchRun(store, batch, line, streams), []);
        else (_run = new BatchRun(store, batch, line, _streams)).Run(StopToken);
    }

    private void StartJob(JournalBatch? batch, Func<IRunStreams, BatchRun>? begin, object?[] items)
    {
        var command = string.Join("; ", _works.All.Select(static work => work.Original.ToString()));
        var job = new JournalBatchJob(JobName, command, batch?.Id, new JobWork(HandOverStores(), _streams.TellHost) { Begin = begin, Items = items, StopTimeout = StopTimeout });
        JobRepository.Add(job);
        job.Start(PrimaryRunspace());
        WriteObject(job);
    }

    // pwsh closes all runspaces of its process with the first of them.
    private Runspace? PrimaryRunspace() => System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name is not "pwsh" ? null
        : Runspace.DefaultRunspace is { Id: 1 } own ? own
        : InvokeCommand.InvokeScript("Microsoft.PowerShell.Utility\\Get-Runspace -Id 1").FirstOrDefault()?.BaseObject as Runspace;

    /// <inheritdoc/>
    /// <remarks>The commands that follow have ended by now, too: what they were given is where it was to go, unless they were stopped.</remarks>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _run?.Settle(isStopping: StopToken.IsCancellationRequested);
        _run = null;
        base.Dispose(disposing);
    }

    private RunspaceSetup Setup()
    {
        foreach (var hint in RunspaceHints.Of(_works.All, SessionState, FunctionName, ImportModule)) WriteWarning(hint);
        var handedOn = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _works.All.SelectMany(static work => work.HandedOn)) handedOn[name] = value;
        return new RunspaceSetup(SessionState, MyInvocation.MyCommand.Module.Path, ImportModule, FunctionName, handedOn);
    }
}
