using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;

namespace Journal.Postgres.Writing;

/// <summary>An attempt that has ended, as it is written.</summary>
internal sealed record AttemptRecord(
    long Task, long Number, long Batch, long Stage, long? Worker, long StartedAt, long EndedAt, JournalAttemptOutcome Outcome,
    JournalErrorCategory Category, string? Message, string? ErrorId, string? Stack)
{
    /// <summary>The attempt that a move ends.</summary>
    public AttemptRecord(long task, long number, long batch, long stage, long? worker, long startedAt, long endedAt, JournalAttemptOutcome outcome, TaskMove move)
        : this(
            task, number, batch, stage, worker, startedAt, endedAt, outcome, move.Error?.Category ?? JournalErrorCategory.None,
            MoveEffects.AttemptMessage(move, outcome), move.Error?.ErrorId, move.Error?.ScriptStackTrace)
    {
    }

    public static Command Insert(IReadOnlyCollection<AttemptRecord> attempts) => new Command(HistoryStatements.InsertAttempts)
        .With(attempts.Select(static a => a.Task)).With(attempts.Select(static a => a.Number)).With(attempts.Select(static a => a.Batch))
        .With(attempts.Select(static a => (int)a.Stage)).With(attempts.Select(static a => a.Worker))
        .With(attempts.Select(static a => a.StartedAt)).With(attempts.Select(static a => a.EndedAt))
        .With(attempts.Select(static a => (int)a.Outcome)).With(attempts.Select(static a => (int)a.Category)).With(attempts.Select(static a => a.Message))
        .With(attempts.Select(static a => a.ErrorId)).With(attempts.Select(static a => a.Stack));
}
