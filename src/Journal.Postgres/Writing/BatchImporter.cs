using Journal.Postgres.Reading;
using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Postgres.Writing;

/// <summary>Takes over a batch with its tasks and their history: what belongs to all of its tasks goes in one statement each.</summary>
internal sealed class BatchImporter(WriteSession session, Catalog catalog, FullBatch whole)
{
    private const int MostTogether = 2000;

    private readonly Dictionary<string, long> _workers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);
    private readonly List<AttemptRecord> _attempts = [];
    private readonly List<ResultRecord> _results = [];
    private readonly List<(long Order, EventRecord Event)> _events = [];
    private BatchWork _batch = null!;
    private long _attemptCount;

    /// <exception cref="JournalException">InvalidBatchName, InvalidKey, StageNotFound.</exception>
    public ImportResult Run()
    {
        var created = Create();
        _batch = session.Enter(whole.Batch.Id, BatchHold.Adding);
        Enrol(whole.Events.Select(static entry => entry.Worker));
        long asked = 0, added = 0;
        DateTimeOffset? lastEnd = null;
        foreach (var some in whole.Tasks.Select(FullTaskRules.Settle).Chunk(MostTogether))
        {
            asked += some.Length;
            if (some.Max(static task => task.Task.EndedAt) is { } end && !(end <= lastEnd)) lastEnd = end;
            Enrol(some.SelectMany(static task => task.Attempts.Select(static attempt => attempt.Worker).Concat(task.Events.Select(static entry => entry.Worker))
                .Concat(task.Results.Select(static result => result.Writer)).Append(task.Task.Worker)));
            added += Add(some.DistinctBy(static task => task.Task.Key).ToList());
            WriteHistory();
        }

        if (created)
        {
            foreach (var entry in whole.Events) _events.Add((entry.Id, Restored(entry, null)));
            foreach (var checkpoint in whole.Checkpoints)
            {
                session.Pipeline.Add(new Command(CheckpointStatements.Set)
                    .With(_batch.Number).With(checkpoint.Name).With(Digest.Of(checkpoint.Name)).With(checkpoint.Json).With(Micros.From(checkpoint.UpdatedAt)));
            }

            var now = session.Now;
            _batch.Order((standing, _) => standing.Restore(whole.Batch, lastEnd, now));
        }

        // The events of a batch and of its tasks in the order in which they happened there.
        _batch.Events.AddRange(_events.OrderBy(static entry => entry.Order).Select(static entry => entry.Event));
        var reason = FormattableString.Invariant($"{added} imported from {whole.Source}");
        if (created || added > 0) _batch.Order((_, record) => record(JournalEventKind.TasksAdded, null, null, reason));
        return new ImportResult(whole.Batch.Id, created, added, asked - added, _attemptCount, _events.Count);
    }

    private bool Create()
    {
        var batch = whole.Batch;
        BatchNaming.ValidateName(batch.Name);
        BatchNaming.ValidateName(batch.Id);
        StageNaming.Validate(batch.Stages);
        var created = false;
        // The first trip tells the time; the batch is created on the second.
        session.CommitDurably();
        session.Pipeline.Send();
        session.Pipeline.Add(
            new Command(BatchStatements.Insert).With(batch.Id).With(batch.Name).With(batch.InputSource).With(batch.SourceType).With(batch.KeyExpression)
                .With(batch.Stages.ToString()).With(batch.Stages.Count).With(batch.Settings.Json).With(batch.Metadata.Json)
                .With(batch.Options.ToJson()).With(Micros.From(batch.CreatedAt)).With(session.Now),
            _ => created = true).Send();
        return created;
    }

    // Tasks ------------------------------------------------------------------------------------------------------

    private long Add(IReadOnlyCollection<FullTask> some)
    {
        var byDigest = some.ToDictionary(static task => Digest.Of(task.Task.Key));
        var tasks = some.Select(static task => task.Task).ToList();
        var added = new List<(long Id, FullTask Task)>();
        session.Pipeline.Add(
            new Command(ImportStatements.Tasks).With(_batch.Number)
                .With(tasks.Select(static t => (int)t.Status)).With(tasks.Select(t => t.Stage is { } stage ? _batch.Facts.RequireStage(stage) : 0))
                .With(tasks.Select(static t => t.Priority)).With(tasks.Select(static t => t.Weight)).With(tasks.Select(static t => t.Attempts))
                .With(tasks.Select(static t => t.Crashes)).With(tasks.Select(static t => t.Token))
                .With(tasks.Select(FullTaskRules.NotBefore)).With(tasks.Select(t => Worker(t.Worker)))
                .With(tasks.Select(static t => (int)t.ErrorCategory)).With(tasks.Select(static t => Micros.From(t.CreatedAt)))
                .With(tasks.Select(static t => Micros.From(t.UpdatedAt))).With(tasks.Select(static t => Stamp(t.StartedAt))).With(tasks.Select(static t => Stamp(t.EndedAt)))
                .With(tasks.Select(static t => Micros.From(t.Duration))).With(tasks.Select(static t => t.QuotaConsumed)).With(tasks.Select(static t => t.QuotaProject))
                .With(tasks.Select(static t => t.Key)).With(byDigest.Keys).With(tasks.Select(static t => (int)t.StoredInput.Kind))
                .With(tasks.Select(static t => t.ErrorMessage)).With(tasks.Select(static t => t.Signature))
                .With(tasks.Select(t => t.SourceType == _batch.Facts.SourceType ? null : t.SourceType)).With(tasks.Select(static t => t.TargetId))
                .With(tasks.Select(static t => t.Outputs.Count == 0 ? null : t.Outputs.ToString()))
                .With(tasks.Select(static t => t.Metadata.Count == 0 ? null : t.Metadata.Json))
                .With(tasks.Select(static t => t.StoredInput.Text == t.Key ? null : t.StoredInput.Text))
                .With(tasks.Select(static t => t.LimitKey)).With(tasks.Select(static t => Digest.OfOptional(t.LimitKey)))
                .With(tasks.Select(static t => t.Cost)).With(tasks.Select(static t => t.Postponed)),
            row => added.Add((row.Integer(0), byDigest[row.Digest(1)]))).Send();
        foreach (var (id, task) in added) Follow(id, task);
        return added.Count;
    }

    private void Follow(long id, FullTask task)
    {
        _batch.Move(null, task.Task.Status);
        session.Keys.Touch(_batch, Digest.OfOptional(task.Task.LimitKey), reorders: true);
        foreach (var attempt in task.Attempts)
        {
            _attempts.Add(new AttemptRecord(
                id, attempt.Number, _batch.Number, Stage(attempt.Stage) ?? 0, Worker(attempt.Worker), Micros.From(attempt.StartedAt), Micros.From(attempt.EndedAt),
                attempt.Outcome, attempt.ErrorCategory, attempt.ErrorMessage, attempt.ErrorId, attempt.ScriptStackTrace, attempt.Log));
            if (attempt.Outcome is not JournalAttemptOutcome.Abandoned) _batch.Ran(Micros.From(attempt.Duration));
        }

        // Where the source tells how long the work ran but not in which attempts.
        if (task.Attempts.Count == 0 && task.Task.Duration is { } ran) _batch.Ran(Micros.From(ran));
        foreach (var result in task.Results)
        {
            if ((result.Stage is null ? 0 : Stage(result.Stage)) is not { } index) continue;
            var at = result.At is { } known ? Micros.From(known) : session.Now;
            _results.Add(new ResultRecord(_batch.Number, id, index, result.Json, result.Items, result.Written, at, result.Awaits, Worker(result.Writer)));
        }

        foreach (var entry in task.Events) _events.Add((entry.Id, Restored(entry, id)));
        session.Charge(_batch, new TaskReport { Quota = task.Task.QuotaConsumed, QuotaProject = task.Task.QuotaProject }, null);
    }

    private void WriteHistory()
    {
        _attemptCount += _attempts.Count;
        foreach (var some in _attempts.Chunk(MostTogether)) session.Pipeline.Add(AttemptRecord.Insert(some)).Send();
        foreach (var some in _results.Chunk(MostTogether)) session.Pipeline.Add(ResultRecord.Insert(some)).Send();
        _attempts.Clear();
        _results.Clear();
    }

    // References -------------------------------------------------------------------------------------------------

    private EventRecord Restored(JournalEvent entry, long? task) => new(
        Micros.From(entry.At), _batch.Number, task, entry.Kind, StoredHistory.StatusNumber(entry.From, task), StoredHistory.StatusNumber(entry.To, task),
        entry.Stage is null ? null : Stage(entry.Stage), entry.Worker is null ? null : Worker(entry.Worker), Known(StoredHistory.ReasonOf(entry)));

    // There are more events than anything else, and the same few reasons again and again.
    private string? Known(string? reason) => reason is null || _reasons.Add(reason) || !_reasons.TryGetValue(reason, out var known) ? reason : known;

    private int? Stage(string? name) => name is null ? null : _batch.Facts.IndexOf(name);

    private long? Worker(string? name) => name is null ? null : _workers[name];

    // A worker of another journal is a name: no process here can be asked whether it lives, and it holds nothing.
    private void Enrol(IEnumerable<string?> names)
    {
        foreach (var name in names.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (!_workers.ContainsKey(name)) _workers.Add(name, catalog.Enrol(session.Pipeline, new WorkerIdentity("", "", 0, "", "imported", name), settings: null));
        }
    }

    private static long? Stamp(DateTimeOffset? time) => time is { } known ? Micros.From(known) : null;
}
