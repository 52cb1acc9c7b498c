using Journal.Lifecycle;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Reliability.Tests.Model;

/// <summary>Does every operation to a store and to the model, and says where they first differ.</summary>
internal sealed class ModelRun : IDisposable
{
    private const int CrashLimit = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly string[] Stages = ["first", "second", "third"];
    private static readonly TaskError Error = new(JournalErrorCategory.Unknown, "It broke.", "It broke.");

    private readonly SetTime _time = new();
    private readonly SetProcesses _processes = new();
    private readonly List<WorkerIdentity> _workers = [];
    private readonly int[] _faces = [0, 1, 2];
    private readonly HashSet<int> _dead = [];
    private readonly IJournalStore _store;
    private readonly ModelJournal _model;
    private readonly string _batch;

    public ModelRun(Func<TimeProvider, IJournalStore> open, bool staged)
    {
        _store = open(_time);
        _model = new ModelJournal(staged ? Stages.Length : 0, CrashLimit, Lease);
        var options = BatchOptions.Default with { CrashLimit = CrashLimit, LeaseTimeout = Lease };
        _batch = _store.CreateBatch(new NewBatch("model") { Options = options, Stages = JsonList.From(staged ? Stages : []) }).Id;
        for (var i = 0; i < _faces.Length; i++) _workers.Add(_processes.NewWorker());
    }

    public void Dispose() => _store.Dispose();

    /// <summary>The first difference; null when there is none.</summary>
    public string? FirstDifference(IReadOnlyList<Operation> operations)
    {
        foreach (var operation in operations)
        {
            if ((Do(operation) ?? Compare()) is { } difference) return $"{operation}: {difference}";
        }

        return CompareHistory() ?? (_store.Check() is { Count: > 0 } problems ? problems[0] : null);
    }

    private string? Do(Operation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.Add: return Add(operation);
            case OperationKind.Claim: return Claim(operation, null);
            case OperationKind.ClaimInStage: return Claim(operation, _store.FindBatch(_batch)!.Stages.Count == 0 ? null : operation.Amount % Stages.Length);
            case OperationKind.Renew: return Differ("leases renewed", _model.Renew(_faces[operation.Worker], _time.Now), _store.RenewLeases(Worker(operation), _batch, Lease));
            case OperationKind.Die: Die(operation.Worker); return null;
            case OperationKind.Recover:
                return Differ(
                    "tasks recovered", string.Join(' ', _model.Recover(_dead.Contains, _time.Now)),
                    string.Join(' ', BatchRecovery.Recover(_store, _batch, _processes, null).Select(static task => task.TaskId)));
            case OperationKind.PauseBatch: return MoveBatch(BatchMove.Pause("wait"));
            case OperationKind.PauseBatchForAMinute: return MoveBatch(BatchMove.Pause("wait", _time.Now.AddMinutes(1)));
            case OperationKind.ResumeBatch: return MoveBatch(BatchMove.Resume("go on"));
            case OperationKind.CancelBatch: return operation.Amount == 1 ? MoveBatch(BatchMove.Cancel("enough")) : null;
            case OperationKind.TimePasses: _time.Now += TimeSpan.FromSeconds(25 * operation.Amount); return null;
            default: return _model.Tasks.Count == 0 ? null : OnTask(operation, _model.Tasks[operation.Task % _model.Tasks.Count]);
        }
    }

    private string? Add(Operation operation)
    {
        var key = $"key {operation.Task} {operation.Amount}";
        var known = _store.ReadTasks(new TaskQuery { BatchIds = [_batch] }).Any(task => task.Key == key);
        var result = _store.AddTasks(_batch, [new NewTask(key, TaskInput.OfText(key)) { Priority = operation.Worker }]);
        if (result.Added > 0) _model.Add(_store.ReadTasks(new TaskQuery { BatchIds = [_batch] }).Max(static task => task.Id), operation.Worker);
        return Differ("tasks added", known ? 0 : 1, result.Added);
    }

    private string? Claim(Operation operation, int? stage)
    {
        var expected = _model.Claim(_faces[operation.Worker], operation.Amount, stage, _time.Now);
        var request = new ExchangeRequest(Worker(operation), _batch, Lease) { Claim = operation.Amount, Stage = stage is { } index ? Stages[index] : null };
        var result = _store.Exchange(request);
        return Differ("tasks claimed", string.Join(' ', expected.Select(static task => (task.Id, task.Token))), string.Join(' ', result.Claimed.Select(static task => (task.Id, task.Token))));
    }

    private void Die(int worker)
    {
        _processes.Retire(_workers[_faces[worker]]);
        _dead.Add(_faces[worker]);
        _faces[worker] = _workers.Count;
        _workers.Add(_processes.NewWorker());
    }

    private string? MoveBatch(BatchMove move)
    {
        var expected = _model.Move(move, _time.Now);
        try
        {
            _store.Apply(_batch, move);
            return Differ($"whether the batch may {move.Kind}", expected, true);
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.IllegalBatchMove))
        {
            return Differ($"whether the batch may {move.Kind}", expected, false);
        }
    }

    private string? OnTask(Operation operation, ModelTask task)
    {
        if (operation.Kind == OperationKind.Reprioritise)
        {
            task.Priority = operation.Amount;
            _store.AmendTask(task.Id, new TaskAmendment { Priority = operation.Amount });
            return null;
        }

        var token = operation.Claimant switch { Claimant.Operator => (long?)null, Claimant.Stale => task.Token - 1, _ => task.Token };
        var later = _time.Now.AddSeconds(20 * operation.Amount);
        var (move, kind, to) = Move(operation.Kind, task.Id, token, later);
        var held = move.Token;
        var mover = operation.Claimant == Claimant.Holder ? task.Worker : _faces[operation.Worker];
        var expected = _model.Move(task, kind, to, held, mover, move.NotBefore ?? default, _time.Now, move.KeepsClaim);
        var outcome = _store.Exchange(new ExchangeRequest(_workers[mover], _batch, Lease) { Moves = [move] }).Moves[0].Outcome;
        return Differ("the outcome", expected, outcome);
    }

    private static (TaskMove Move, long Kind, JournalTaskStatus To) Move(OperationKind kind, long id, long? token, DateTimeOffset later) => kind switch
    {
        OperationKind.Complete => (TaskMove.Complete(id, token, TaskReport.Nothing), 21, JournalTaskStatus.Completed),
        OperationKind.Advance => (TaskMove.Advance(id, token, TaskReport.Nothing, null, keepsClaim: false), 22, JournalTaskStatus.Pending),
        OperationKind.AdvanceAndGoOn => (TaskMove.Advance(id, token, TaskReport.Nothing, null, keepsClaim: true), 22, JournalTaskStatus.Pending),
        OperationKind.Fail => (TaskMove.Fail(id, token, Error, TaskReport.Nothing), 23, JournalTaskStatus.Failed),
        OperationKind.Retry => (TaskMove.Retry(id, token, Error, TaskReport.Nothing, later, null, "again"), 24, JournalTaskStatus.Pending),
        OperationKind.Release => (TaskMove.Release(id, token, "stopped"), 25, JournalTaskStatus.Pending),
        OperationKind.Refund => (TaskMove.Refund(id, token, Error, TaskReport.Nothing, later, null, "quota"), 31, JournalTaskStatus.Pending),
        OperationKind.Skip => (TaskMove.Skip(id, token, "not needed"), 28, JournalTaskStatus.Skipped),
        OperationKind.Cancel => (TaskMove.Cancel(id, "withdrawn"), 29, JournalTaskStatus.Canceled),
        _ => (TaskMove.Requeue(id, "once more"), 30, JournalTaskStatus.Pending),
    };

    private string? Compare()
    {
        var batch = _store.FindBatch(_batch)!;
        var difference = Differ("the batch", _model.Status, batch.Status);
        foreach (var (task, expected) in _store.ReadTasks(new TaskQuery { BatchIds = [_batch] }).Zip(_model.Tasks))
        {
            difference ??= Differ(
                $"task {task.Id}",
                (expected.Id, expected.Status, expected.Token, expected.Attempts, expected.Crashes, expected.Priority, batch.Stages.Count == 0 ? null : Stages[expected.Stage]),
                (task.Id, task.Status, task.Token, task.Attempts, task.Crashes, task.Priority, task.Stage));
        }

        long Count(JournalTaskStatus status) => _model.Tasks.Count(task => task.Status == status);
        return difference ?? Differ(
            "the counters",
            new TaskCounts(
                Count(JournalTaskStatus.Pending), Count(JournalTaskStatus.InProgress), Count(JournalTaskStatus.Completed),
                Count(JournalTaskStatus.Failed), Count(JournalTaskStatus.Skipped), Count(JournalTaskStatus.Canceled)),
            batch.Counts);
    }

    private string? CompareHistory() => Differ(
        "the attempts",
        string.Join(' ', _model.Tasks.SelectMany(static task => task.History.Select(attempt => (task.Id, attempt.Number, attempt.Outcome)))),
        string.Join(' ', _store.ReadAttempts(new AttemptQuery { BatchIds = [_batch] }).Select(static attempt => (attempt.TaskId, attempt.Number, attempt.Outcome))));

    private WorkerIdentity Worker(Operation operation) => _workers[_faces[operation.Worker]];

    private static string? Differ<T>(string what, T expected, T actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual) ? null : $"{what} should be {expected}, but is {actual}";
}
