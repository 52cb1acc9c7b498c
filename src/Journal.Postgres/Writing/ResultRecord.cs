using Journal.Postgres.Engine;
using Journal.Postgres.Statements;

namespace Journal.Postgres.Writing;

/// <summary>A result to be written.</summary>
internal readonly record struct ResultRecord(long Batch, long Task, long Stage, string Json, int Items, int Written, long At, bool Awaits, long? Writer)
{
    /// <summary>The statement that writes some, each task once.</summary>
    public static Command Insert(IReadOnlyCollection<ResultRecord> results) => new Command(ResultStatements.Write)
        .With(results.Select(static result => result.Batch)).With(results.Select(static result => result.Task)).With(results.Select(static result => (int)result.Stage))
        .With(results.Select(static result => (string?)result.Json)).With(results.Select(static result => result.Items)).With(results.Select(static result => result.Written))
        .With(results.Select(static result => result.At)).With(results.Select(static result => result.Awaits ? 1 : 0)).With(results.Select(static result => result.Writer));
}
