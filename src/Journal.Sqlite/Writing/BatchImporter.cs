using Journal.Lifecycle;
using Journal.Sqlite.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Sqlite.Writing;

/// <summary>Takes over a batch with its tasks and their history.</summary>
internal sealed class BatchImporter
{
    private readonly WriteSession _session;
    private readonly FullBatch _whole;
    private readonly BatchEntry _batch;
    private readonly BatchFacts _facts;
    private readonly bool _created;
    private readonly List<RestoredEvent> _events = [];
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _workers = new(StringComparer.Ordinal);
    private long _asked;
    private long _attempts;
    private DateTimeOffset? _lastEnd;

    private BatchImporter(WriteSession session, FullBatch whole)
    {
        _session = session;
        _whole = whole;
        _created = session.FindBatch(whole.Batch.Id) is null;
        if (_created) Create();
        _batch = session.Batch(whole.Batch.Id);
        _facts = session.Facts(_batch);
    }

    /// <exception cref="JournalException">InvalidBatchName, InvalidKey, StageNotFound.</exception>
    public static ImportResult Import(WriteSession session, FullBatch whole) => new BatchImporter(session, whole).Run();

    private ImportResult Run()
    {
        var added = AddTasks();
        if (_created)
        {
            foreach (var entry in _whole.Events) Keep(entry, null);
            foreach (var checkpoint in _whole.Checkpoints)
            {
                _session.Prepared(CheckpointStatements.Set)
                    .Bind(1, _batch.Number).Bind(2, checkpoint.Name).Bind(3, checkpoint.Json).Bind(4, Micros.From(checkpoint.UpdatedAt)).Execute();
            }
        }

        // The events of a batch and of its tasks in the order in which they happened there.
        _events.Sort(static (left, right) => (left.Order, left.Place).CompareTo((right.Order, right.Place)));
        foreach (var entry in _events) _session.Restore(_batch, entry);
        if (_created) _batch.Standing.Restore(_whole.Batch, _lastEnd, _session.Now);
        if (_created || added > 0) _session.Record(_batch, JournalEventKind.TasksAdded, null, null, FormattableString.Invariant($"{added} imported from {_whole.Source}"));
        return new ImportResult(_batch.Id, _created, added, _asked - added, _attempts, _events.Count);
    }

    private void Create()
    {
        var batch = _whole.Batch;
        BatchNaming.ValidateName(batch.Name);
        BatchNaming.ValidateName(batch.Id);
        StageNaming.Validate(batch.Stages);
        _session.Prepared(BatchStatements.Insert)
            .Bind(1, batch.Id).Bind(2, batch.Name).Bind(3, batch.InputSource).Bind(4, batch.SourceType).Bind(5, batch.KeyExpression)
            .Bind(6, batch.Stages.ToString()).Bind(7, batch.Stages.Count).Bind(8, batch.Settings.Json).Bind(9, batch.Metadata.Json)
            .Bind(10, batch.Options.ToJson()).Bind(11, Micros.From(batch.CreatedAt)).Bind(12, _session.Now).Execute();
    }

    // Tasks ------------------------------------------------------------------------------------------------------

    private long AddTasks()
    {
        var first = _session.Prepared(TaskStatements.NextTask).RequiredScalar();
        var next = first;
        foreach (var raw in _whole.Tasks)
        {
            _asked++;
            var whole = FullTaskRules.Settle(raw);
            if (whole.Task.EndedAt > (_lastEnd ?? DateTimeOffset.MinValue)) _lastEnd = whole.Task.EndedAt;
            if (!Insert(next, whole.Task)) continue;
            Follow(next, whole);
            next++;
        }

        if (next == first) return 0;
        _batch.NoteTasks(first, next - 1);
        return next - first;
    }

    private bool Insert(long id, JournalTask task)
    {
        var metadata = task.Metadata.Json;
        return _session.Prepared(TaskStatements.Import)
            .Bind(1, id).Bind(2, _batch.Number).Bind(3, (long)task.Status).Bind(4, task.Stage is { } stage ? _facts.RequireStage(stage) : 0).Bind(5, task.Priority)
            .Bind(6, task.Weight).Bind(7, task.Attempts).Bind(8, task.Crashes).Bind(9, task.Token).Bind(10, FullTaskRules.NotBefore(task))
            .Bind(11, Worker(task.Worker)).Bind(12, (long)task.ErrorCategory).Bind(13, Micros.From(task.CreatedAt)).Bind(14, Micros.From(task.UpdatedAt))
            .Bind(15, Stamp(task.StartedAt)).Bind(16, Stamp(task.EndedAt)).Bind(17, Micros.From(task.Duration)).Bind(18, task.QuotaConsumed)
            .Bind(19, task.QuotaProject).Bind(20, task.Key).Bind(21, (long)task.StoredInput.Kind).Bind(22, task.ErrorMessage).Bind(23, task.Signature)
            .Bind(24, task.SourceType == _facts.SourceType ? null : task.SourceType).Bind(25, task.TargetId)
            .Bind(26, task.Outputs.Count == 0 ? null : task.Outputs.ToString()).Bind(27, metadata == "{}" ? null : metadata)
            .Bind(28, task.StoredInput.Text == task.Key ? null : task.StoredInput.Text)
            .Bind(29, task.LimitKey).Bind(30, task.Cost).Bind(31, task.Postponed).Execute() > 0;
    }

    private void Follow(long id, FullTask whole)
    {
        var task = whole.Task;
        _batch.Standing.Counts = _batch.Standing.Counts.Moved(null, task.Status);
        _session.Keys.Touch(_batch, task.LimitKey, reorders: true);
        foreach (var attempt in whole.Attempts)
        {
            _session.Prepared(HistoryStatements.InsertAttempt)
                .Bind(1, id).Bind(2, attempt.Number).Bind(3, _batch.Number).Bind(4, Stage(attempt.Stage) ?? 0).Bind(5, Worker(attempt.Worker))
                .Bind(6, Micros.From(attempt.StartedAt)).Bind(7, Micros.From(attempt.EndedAt)).Bind(8, (long)attempt.Outcome)
                .Bind(9, (long)attempt.ErrorCategory).Bind(10, attempt.ErrorMessage).Bind(11, attempt.ErrorId).Bind(12, attempt.ScriptStackTrace)
                .Bind(13, attempt.Log).Execute();
            if (attempt.Outcome is not JournalAttemptOutcome.Abandoned) _batch.Standing.ActiveTime += Micros.From(attempt.Duration);
        }

        // Where the source tells how long the work ran but not in which attempts.
        if (whole.Attempts.Count == 0 && task.Duration is { } ran) _batch.Standing.ActiveTime += Micros.From(ran);
        foreach (var result in whole.Results)
        {
            if ((result.Stage is null ? 0 : Stage(result.Stage)) is not { } index) continue;
            _session.Prepared(ResultStatements.Write)
                .Bind(1, id).Bind(2, index).Bind(3, result.Json).Bind(4, _batch.Number).Bind(5, id).Bind(6, result.Items).Bind(7, result.Written)
                .Bind(8, result.At is { } at ? Micros.From(at) : _session.Now).Bind(9, result.Awaits ? 1 : 0).Bind(10, Worker(result.Writer)).Execute();
        }

        foreach (var entry in whole.Events) Keep(entry, id);
        _session.Charge(_batch, new TaskReport { Quota = task.QuotaConsumed, QuotaProject = task.QuotaProject }, null, _facts.Options);

        _attempts += whole.Attempts.Count;
    }

    // There are more events than anything else, and the same few reasons again and again.
    private void Keep(JournalEvent entry, long? task)
    {
        var reason = StoredHistory.ReasonOf(entry);
        if (reason is not null && !_reasons.Add(reason)) reason = _reasons.TryGetValue(reason, out var known) ? known : reason;
        _events.Add(new RestoredEvent(
            entry.Id, _events.Count, task ?? 0, Micros.From(entry.At), entry.Kind, StoredHistory.StatusNumber(entry.From, task), StoredHistory.StatusNumber(entry.To, task),
            Stage(entry.Stage), Worker(entry.Worker) ?? 0, reason));
    }

    private int? Stage(string? name) => name is null ? null : _facts.IndexOf(name);

    // A worker of another journal is a name: no process here can be asked whether it lives, and it holds nothing.
    private long? Worker(string? name)
    {
        if (name is null) return null;
        if (!_workers.TryGetValue(name, out var number)) _workers.Add(name, number = _session.Catalog.Enrol(_session.Database, new WorkerIdentity("", "", 0, "", "imported", name)));
        return number;
    }

    private static long? Stamp(DateTimeOffset? time) => time is { } known ? Micros.From(known) : null;
}

/// <summary>An event of another journal as it is written here, small, because millions of them wait for each other's order.</summary>
/// <param name="Order">Its id there.</param>
/// <param name="Place">Its place among those of one id, as some sources give none.</param>
/// <param name="Task">The task's id here; 0 where it is about the batch.</param>
/// <param name="At">Microseconds.</param>
/// <param name="Kind">What happened.</param>
/// <param name="From">The number of a status.</param>
/// <param name="To">The number of a status.</param>
/// <param name="Stage">The place of a stage.</param>
/// <param name="Worker">The worker's number here; 0 for none.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct RestoredEvent(long Order, int Place, long Task, long At, JournalEventKind Kind, int? From, int? To, int? Stage, long Worker, string? Reason);
