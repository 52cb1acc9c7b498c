using Journal.Lifecycle;
using Journal.Storage;
using Journal.Torture.Checking;

namespace Journal.Reliability.Tests.Model;

/// <summary>
/// A journal with one batch as the contract describes it: a list and a few rules, with a table of moves of its own. It is what a store must be
/// indistinguishable from.
/// </summary>
internal sealed class ModelJournal(int stages, int crashLimit, TimeSpan lease)
{
    private bool _started;
    private DateTimeOffset? _pausedUntil;

    public List<ModelTask> Tasks { get; } = [];

    public JournalBatchStatus Status { get; private set; }

    public void Add(long id, int priority)
    {
        Tasks.Add(new ModelTask(id, priority));
        Settle();
    }

    // Claims -----------------------------------------------------------------------------------------------------

    public List<ModelTask> Claim(int worker, int count, int? stage, DateTimeOffset now)
    {
        if (!MayClaim(now)) return [];
        if (Status == JournalBatchStatus.Paused) Resume();
        var ready = Tasks.Where(task => task.Status == JournalTaskStatus.Pending && task.NotBefore <= now && (stage is null || task.Stage == stage))
            .OrderByDescending(static task => task.Stage).ThenByDescending(static task => task.Priority).ThenBy(static task => task.Id).Take(count).ToList();
        // Whoever was in flight at a crash is claimed alone.
        if (ready.Count > 0) ready = ready[0].Crashes > 0 ? ready[..1] : [.. ready.TakeWhile(static task => task.Crashes == 0)];
        foreach (var task in ready) Hold(task, worker, now);
        if (ready.Count > 0) _started = true;
        Settle();
        return ready;
    }

    private bool MayClaim(DateTimeOffset now) =>
        Status is JournalBatchStatus.Ready or JournalBatchStatus.Running || (Status is JournalBatchStatus.Paused && _pausedUntil <= now);

    private void Hold(ModelTask task, int worker, DateTimeOffset now)
    {
        task.Status = JournalTaskStatus.InProgress;
        task.Attempts++;
        task.Token++;
        task.Worker = worker;
        task.LeaseUntil = now + lease;
        task.NotBefore = default;
    }

    public int Renew(int worker, DateTimeOffset now)
    {
        var held = Tasks.Where(task => task.Status == JournalTaskStatus.InProgress && task.Worker == worker).ToList();
        foreach (var task in held) task.LeaseUntil = now + lease;
        return held.Count;
    }

    // Moves ------------------------------------------------------------------------------------------------------

    /// <summary>Makes a move, or says why not; a worker's under its own lease alone.</summary>
    public MoveOutcome Move(ModelTask task, long kind, JournalTaskStatus to, long? token, int mover, DateTimeOffset notBefore, DateTimeOffset now, bool goesOn)
    {
        var isStranger = token is not null && task.Status == JournalTaskStatus.InProgress && task.Worker != mover;
        return isStranger ? MoveOutcome.LeaseLost : Move(task, kind, to, token, notBefore, now, goesOn);
    }

    private MoveOutcome Move(ModelTask task, long kind, JournalTaskStatus to, long? token, DateTimeOffset notBefore, DateTimeOffset now, bool goesOn = false)
    {
        const long advance = 22, requeue = 30, refund = 31;
        var from = task.Status;
        // A refund's token names the attempt that it gives back, ended or not; every other one a lease, which ends with its attempt.
        if (token is not null && (task.Token != token || (from != JournalTaskStatus.InProgress && kind != refund))) return MoveOutcome.LeaseLost;
        if (LegalMoves.Of(kind, (long)from, (long)to) is null || (kind == advance && task.Stage + 1 >= stages)) return MoveOutcome.Illegal;

        var effect = LegalMoves.Of(kind, (long)from, (long)to)!.Value;
        if (effect.Outcome >= 0) task.History.Add((task.Token, (JournalAttemptOutcome)effect.Outcome));
        task.Attempts = effect.Resets ? 0 : Math.Max(0, task.Attempts + effect.Attempts);
        task.Crashes = effect.ForgetsCrashes ? 0 : task.Crashes + (effect.Crash ? 1 : 0);
        task.Stage = kind == advance ? task.Stage + 1 : kind == requeue && from == JournalTaskStatus.Completed ? 0 : task.Stage;
        task.Status = to;
        task.NotBefore = to == JournalTaskStatus.Pending && notBefore > now ? notBefore : default;
        // A batch that was paused meanwhile hands out nothing, not even the next stage.
        if (kind == advance && goesOn && MayClaim(now)) Hold(task, task.Worker, now);
        Settle();
        return MoveOutcome.Applied;
    }

    /// <summary>Takes the tasks of the dead, and of those whose lease is over.</summary>
    public List<long> Recover(Func<int, bool> isDead, DateTimeOffset now)
    {
        const long recover = 26, abandon = 27;
        var taken = Tasks.Where(task => task.Status == JournalTaskStatus.InProgress && (isDead(task.Worker) || task.LeaseUntil <= now)).ToList();
        foreach (var task in taken)
        {
            var killer = task.Crashes + 1 >= crashLimit;
            Move(task, killer ? abandon : recover, killer ? JournalTaskStatus.Failed : JournalTaskStatus.Pending, task.Token, default, now);
        }

        return [.. taken.Select(static task => task.Id)];
    }

    // The batch --------------------------------------------------------------------------------------------------

    /// <summary>Moves the batch.</summary>
    /// <returns>Whether it may.</returns>
    public bool Move(BatchMove move, DateTimeOffset now)
    {
        if (Status >= JournalBatchStatus.Completed) return false;
        switch (move.Kind)
        {
            case BatchMoveKind.Pause:
                Status = JournalBatchStatus.Paused;
                _pausedUntil = move.Until;
                break;
            case BatchMoveKind.Resume:
                if (Status == JournalBatchStatus.Paused) Resume();
                break;
            case BatchMoveKind.Cancel:
                foreach (var task in Tasks) Move(task, 29, JournalTaskStatus.Canceled, null, default, now);
                if (Tasks.Count == 0) Status = JournalBatchStatus.Canceled;
                break;
        }

        return true;
    }

    private void Resume()
    {
        Status = JournalBatchStatus.Ready;
        Settle();
    }

    private void Settle()
    {
        var open = Tasks.Exists(static task => task.Status <= JournalTaskStatus.InProgress);
        // One that was stopped before it had tasks stays stopped until it has some.
        if (Tasks.Count == 0 && Status == JournalBatchStatus.Canceled) return;
        if (open || Tasks.Count == 0)
        {
            if (Status != JournalBatchStatus.Paused) Status = _started ? JournalBatchStatus.Running : JournalBatchStatus.Ready;
            return;
        }

        Status = Tasks.Exists(static task => task.Status == JournalTaskStatus.Failed) ? JournalBatchStatus.Failed
            : Tasks.Exists(static task => task.Status == JournalTaskStatus.Canceled) ? JournalBatchStatus.Canceled
            : JournalBatchStatus.Completed;
    }
}
