using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;

namespace Journal.Postgres.Writing;

/// <summary>An attempt that has ended, as it is written.</summary>
internal sealed record AttemptRecord(
    long Task, long Number, long Batch, long Stage, long? Worker, long StartedAt, long EndedAt, JournalAttemptOutcome Outcome,
    JournalErrorCategory Category, string? Message, string? ErrorId, string? Stack, string? Log)
{
    /// <summary>The attempt that a move ends.</summary>
    public AttemptRecord(long task, long number, long batch, long stage, long? worker, long startedAt, long endedAt, JournalAttemptOutcome outcome, TaskMove move)
        : this(
            task, number, batch, stage, worker, startedAt, endedAt, outcome, move.Error?.Category ?? JournalErrorCategory.None,
            MoveEffects.AttemptMessage(move, outcome), move.Error?.ErrorId, move.Error?.ScriptStackTrace, move.Report.Log)
    {
    }

    public static Command Insert(IReadOnlyCollection<AttemptRecord> attempts) => new Command(HistoryStatements.InsertAttempts)
        .With(attempts.Select(static a => a.Task)).With(attempts.Select(static a => a.Number)).With(attempts.Select(static a => a.Batch))
        .With(attempts.Select(static a => (int)a.Stage)).With(attempts.Select(static a => a.Worker))
        .With(attempts.Select(static a => a.StartedAt)).With(attempts.Select(static a => a.EndedAt))
        .With(attempts.Select(static a => (int)a.Outcome)).With(attempts.Select(static a => (int)a.Category)).With(attempts.Select(static a => a.Message))
        .With(attempts.Select(static a => a.ErrorId)).With(attempts.Select(static a => a.Stack)).With(attempts.Select(static a => a.Log));
}

/// <summary>An event that a transaction is going to write.</summary>
internal sealed record EventRecord(
    long At, long Batch, long? Task, JournalEventKind Kind, int? From, int? To, long? Stage, long? Worker, string? Reason);

/// <summary>A result to be written.</summary>
internal readonly record struct ResultRecord(long Batch, long Task, long Stage, string Json, int Items, int Written, long At, bool Awaits, long? Writer)
{
    /// <summary>The statement that writes some, each task once.</summary>
    public static Command Insert(IReadOnlyCollection<ResultRecord> results) => new Command(ResultStatements.Write)
        .With(results.Select(static result => result.Batch)).With(results.Select(static result => result.Task)).With(results.Select(static result => (int)result.Stage))
        .With(results.Select(static result => (string?)result.Json)).With(results.Select(static result => result.Items)).With(results.Select(static result => result.Written))
        .With(results.Select(static result => result.At)).With(results.Select(static result => result.Awaits ? 1 : 0)).With(results.Select(static result => result.Writer));
}
