using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>
/// The live task: <c>$JournalTask</c> inside a script block. What the work says here is recorded with the end of the attempt, in the same commit;
/// only temporary files are noted at once, because they matter when that end never comes.
/// </summary>
public sealed partial class RunningTask
{
    private readonly Lock _gate = new();
    private readonly RunJournal _journal;
    private readonly bool _delivers;
    private readonly Func<string, string> _resolvePath;
    private readonly Action<RunningTask, double?, string?>? _onProgress;
    private readonly Dictionary<string, object?> _metadata = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _outputs = [];
    private readonly List<string> _tempFiles = [];
    private AttemptLog? _log;
    private string? _targetId;
    private readonly Dictionary<string, double> _charges = new(StringComparer.OrdinalIgnoreCase);
    private readonly QuotaUse _useAtStart;
    private double _quota;
    private string? _quotaProject;

    internal RunningTask(JournalTask task, RunRequest request, RunJournal journal, Action<RunningTask, double?, string?>? onProgress)
    {
        Task = task;
        Batch = request.Batch;
        _delivers = request.DeliversResults;
        IsOfChunk = request.ChunkSize is not null;
        _journal = journal;
        _useAtStart = journal.QuotaUse;
        _resolvePath = request.ResolvePath ?? Path.GetFullPath;
        _onProgress = onProgress;
    }

    /// <summary>The task as it was claimed.</summary>
    public JournalTask Task { get; }

    /// <summary>Its batch as it was when the run began.</summary>
    public JournalBatch Batch { get; }

    /// <summary>The task's id.</summary>
    public long Id => Task.Id;

    /// <summary>The batch's id.</summary>
    public string BatchId => Task.BatchId;

    /// <summary>The task's key.</summary>
    public string Key => Task.Key;

    /// <summary>Which try this is in this stage, from 1; interrupted ones do not count.</summary>
    public int Attempt => Task.Attempts;

    /// <summary>The stage; null where the batch has none.</summary>
    public string? Stage => Task.Stage;

    /// <summary>How often a worker died with this task.</summary>
    public int Crashes => Task.Crashes;

    /// <summary>How often this task has been postponed; that costs no attempt.</summary>
    public int Postponed => Task.Postponed;

    /// <summary>The key by which its start is limited; null where its batch limits none by key.</summary>
    public string? LimitKey => Task.LimitKey;

    internal (DateTimeOffset Until, string Reason)? Postponement { get; private set; }

    internal (DateTimeOffset Until, string? Reason)? KeyHold { get; private set; }

    /// <summary>The user's data, with what this attempt has set.</summary>
    public JsonMap Metadata
    {
        get
        {
            lock (_gate) return Task.Metadata.With(JsonMap.From(_metadata));
        }
    }

    /// <summary>Why the work wants the task skipped; null when it does not.</summary>
    public string? SkipReason { get; private set; }

    /// <summary>Whether its result was there before it was begun, so that it was not run.</summary>
    public bool WasThere { get; internal set; }

    /// <summary>Whether another stage follows: then what this one emits is for the later stages, and not for the pipeline.</summary>
    public bool HasLaterStage => Stage is { } stage && !string.Equals(Batch.Stages[^1], stage, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether what this attempt emits is recorded: for later stages, for the batch, or until it is written to the pipeline.</summary>
    public bool RecordsResult => HasLaterStage || _delivers || Batch.Options.KeepResult;

    /// <summary>Refuses a result that is longer than the batch allows.</summary>
    /// <param name="json">What the attempt emitted, as it would be recorded.</param>
    /// <remarks>A call for several tasks may emit so much for each of them.</remarks>
    /// <returns>The error of the attempt; null where the result may be recorded.</returns>
    public CategorizedErrorException? RefuseResult(string json) =>
        Refuse(json, Chunk is null ? "The task" : $"The chunk of {Amount.Of(Chunk.Count, "task")}", Chunk?.Count ?? 1);

    private CategorizedErrorException? Refuse(string json, string who, int tasks)
    {
        var most = Options.MaxResultSize * tasks;
        if (json.Length <= most / 3) return null;
        var size = System.Text.Encoding.UTF8.GetByteCount(json);
        return size <= most ? null : new CategorizedErrorException(
            FormattableString.Invariant($"{who} emitted {size} bytes, and at most {Options.MaxResultSize} are recorded for a task (-MaxResultSize). Emit less, such as a path instead of a content, or allow more."),
            JournalErrorCategory.InvalidInput);
    }

    internal BatchOptions Options => Batch.Options;

    internal bool HasStages => Batch.Stages.Count > 0;

    internal double Quota
    {
        get
        {
            lock (_gate) return _quota;
        }
    }

    /// <summary>Records what the work made, in the target system's terms (an id, an address).</summary>
    public void SetTarget(string targetId)
    {
        lock (_gate) _targetId = targetId;
    }

    /// <summary>
    /// The same, unless another task of the batch has this id recorded: then nothing is set, and the work can stop before it makes the thing twice. Of tasks
    /// that run at the same time neither knows of the other; that they share an id is told when the second one is completed.
    /// </summary>
    /// <param name="targetId">The id.</param>
    /// <returns>Whether it is set.</returns>
    /// <exception cref="JournalException">InvalidValue: the id is empty.</exception>
    public bool TrySetTarget(string targetId)
    {
        if (string.IsNullOrEmpty(targetId)) throw JournalErrors.InvalidValue("TrySetTarget", targetId, "An empty text is no target id.");
        var query = new TaskQuery { BatchIds = [BatchId], TargetIds = [TextPattern.Exactly(targetId)], First = 2 };
        if (_journal.HasOther(query, Id)) return false;
        SetTarget(targetId);
        return true;
    }

    /// <summary>Records a value under a name; it is laid over what the task has.</summary>
    /// <exception cref="JournalException">SecretRefused, ValueNotKept.</exception>
    public void SetMetadata(string name, object? value)
    {
        var encoded = new EncodedValue(KeptValues.Encode(value, $"Metadata: '{name}'"));
        lock (_gate) _metadata[name] = encoded;
    }

    /// <summary>Records, at once and durably, an event of your own in the history of the task: it stays whatever becomes of the attempt.</summary>
    /// <param name="name">What you call it, such as <c>published</c>.</param>
    /// <param name="message">What happened; at most 4,096 characters.</param>
    /// <param name="data">A value that belongs to it; as JSON at most 64 KiB.</param>
    /// <exception cref="JournalException">InvalidValue, SecretRefused, ValueNotKept.</exception>
    public void AddEvent(string name, string? message = null, object? data = null) => AddEvent(new NewEvent(name, message, data));

    /// <inheritdoc cref="AddEvent(string, string?, object?)"/>
    public void AddEvent(NewEvent entry) => _journal.AddEvent(Id, entry);

    /// <summary>Records a file the work made.</summary>
    /// <param name="path">Relative to the current location, or full.</param>
    public void AddOutput(string path)
    {
        var full = _resolvePath(path);
        lock (_gate)
        {
            if (!_outputs.Contains(full, StringComparer.Ordinal)) _outputs.Add(full);
        }
    }

    /// <summary>
    /// Notes, at once and durably, a temporary file. It is deleted when the attempt ends, in whatever way, unless <see cref="AddOutput"/> claims it; should the
    /// process die, recovery deletes it.
    /// </summary>
    /// <param name="path">Relative to the current location, or full; recovery deletes it only if it lies in the batch's work directory.</param>
    public void AddTempFile(string path)
    {
        var full = _resolvePath(path);
        lock (_gate) _tempFiles.Add(full);
        _journal.AddTempFile(Id, full);
    }

    /// <summary>Says how far the attempt is.</summary>
    /// <param name="percent">0 to 100; values outside are cut off.</param>
    /// <param name="text">What it does.</param>
    public void ReportProgress(double percent, string? text = null) =>
        _onProgress?.Invoke(this, double.IsNaN(percent) ? null : Math.Clamp(percent, 0, 100), text);

    /// <summary>Says that the task needs no work. It is recorded as Skipped when the attempt ends without an error; return after calling it.</summary>
    /// <param name="reason">Why.</param>
    public void Skip(string reason) => (SkipReason, _end) = (string.IsNullOrWhiteSpace(reason) ? "Skipped by the work." : reason, null);

    /// <summary>
    /// Puts the task off: when the attempt ends without an error it waits again, until that time. It costs no attempt, and what the attempt emitted is not
    /// recorded; return after calling it. A second call counts instead of the first.
    /// </summary>
    /// <param name="until">When it may be claimed again.</param>
    /// <param name="reason">Why, for its history.</param>
    public void Postpone(DateTimeOffset until, string? reason = null) =>
        (Postponement, _end) = ((until, string.IsNullOrWhiteSpace(reason) ? "Postponed by the work." : reason), null);

    /// <inheritdoc cref="Postpone(DateTimeOffset, string?)"/>
    /// <param name="wait">How long it waits from now, by the journal's clock; not negative.</param>
    /// <param name="reason">Why, for its history.</param>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public void Postpone(TimeSpan wait, string? reason = null) => Postpone(After(wait, nameof(Postpone)), reason);

    /// <summary>
    /// Holds back every task of this one's <see cref="LimitKey"/>, or of the batch where it limits none by key, for all workers: none of them starts before that
    /// time. It is recorded with the end of the attempt, whatever that is; the longest hold counts.
    /// </summary>
    /// <param name="until">When the next may start.</param>
    /// <param name="reason">Why, for the views.</param>
    public void HoldKey(DateTimeOffset until, string? reason = null)
    {
        if (KeyHold is not { } known || until > known.Until) KeyHold = (until, string.IsNullOrWhiteSpace(reason) ? "Held back by the work." : reason);
    }

    /// <inheritdoc cref="HoldKey(DateTimeOffset, string?)"/>
    /// <param name="wait">How long from now, by the journal's clock; not negative.</param>
    /// <param name="reason">Why, for the views.</param>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public void HoldKey(TimeSpan wait, string? reason = null) => HoldKey(After(wait, nameof(HoldKey)), reason);

    private DateTimeOffset After(TimeSpan wait, string what)
    {
        if (wait < TimeSpan.Zero) throw JournalErrors.InvalidValue(what, wait, "a wait is not negative.");
        var now = _journal.Now;
        return wait < DateTimeOffset.MaxValue - now ? now + wait : DateTimeOffset.MaxValue;
    }

    /// <summary>What an earlier stage emitted; null when it emitted nothing.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public object? Result(string stage)
    {
        if (!Batch.Stages.Contains(stage, StringComparer.OrdinalIgnoreCase)) throw JournalErrors.StageNotFound(BatchId, stage, Batch.Stages);
        return _journal.ReadResult(Id, stage) is { } json ? KeptValues.Decode(json) : null;
    }

    /// <summary>Adds to the log of this attempt, which is recorded with its end; does nothing where the batch keeps none (<see cref="BatchOptions.LogSize"/>).</summary>
    /// <param name="stream">Where it was written.</param>
    /// <param name="text">One line or several.</param>
    public void AddLog(LogStream stream, string text)
    {
        if (Options.LogSize <= 0) return;
        AttemptLog log;
        lock (_gate) log = _log ??= new AttemptLog(Options.LogSize);
        log.Add(_journal.Now, stream, text);
    }

    /// <summary>Whether there are temporary files to delete.</summary>
    internal bool HasTempFiles
    {
        get
        {
            lock (_gate) return _tempFiles.Count > 0;
        }
    }

    /// <summary>Deletes the temporary files that this attempt noted and did not claim as outputs, and forgets them. One that cannot be deleted stays.</summary>
    internal void DeleteTempFiles()
    {
        string[] files;
        lock (_gate)
        {
            if (_tempFiles.Count == 0) return;
            files = [.. _tempFiles.Except(_outputs, StringComparer.Ordinal)];
            _tempFiles.Clear();
        }

        foreach (var file in files)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                // In use, or not ours to delete: the end of the attempt matters more.
            }
        }

        try
        {
            _journal.ClearTempFiles(Id);
        }
        catch (JournalException)
        {
            // They stay noted; who recovers the task finds them gone.
        }
    }

    /// <summary>Notes what the outputs are now, so that a later run can tell whether they are still that.</summary>
    internal void RecordOutputs(bool hash)
    {
        string[] outputs;
        lock (_gate) outputs = [.. _outputs];
        if (outputs.Length == 0) return;
        var recorded = ReservedMetadata.WithOutputs(Metadata, outputs, hash);
        if (recorded.JsonOf(ReservedMetadata.Name) is not { } own) return;
        lock (_gate) _metadata[ReservedMetadata.Name] = new EncodedValue(own);
    }

    /// <summary>The task as the same worker goes on with it in the next stage.</summary>
    /// <param name="token">The new lease.</param>
    internal JournalTask InNextStage(long token)
    {
        var next = 0;
        while (!string.Equals(Batch.Stages[next], Stage, StringComparison.OrdinalIgnoreCase)) next++;
        return Task with { Token = token, Stage = Batch.Stages[next + 1], Attempts = 1, Metadata = Metadata };
    }

    internal TaskReport ToReport(AttemptResult? result)
    {
        lock (_gate)
        {
            return new TaskReport
            {
                TargetId = _targetId,
                Outputs = _outputs.Count == 0 ? null : [.. _outputs],
                Quota = _quota,
                QuotaProject = _quotaProject,
                QuotaByProject = _charges.Count > 1 || (_charges.Count == 1 && _charges.Values.First() != _quota) ? new Dictionary<string, double>(_charges, StringComparer.OrdinalIgnoreCase) : null,
                Metadata = _metadata.Count == 0 ? null : JsonMap.From(_metadata),
                Log = _log?.Text,
                Result = result?.Result,
                ResultItems = result?.ResultItems ?? 0,
                ResultAwaits = _delivers && !HasLaterStage,
            };
        }
    }

    /// <summary>The key.</summary>
    public override string ToString() => Key;
}
