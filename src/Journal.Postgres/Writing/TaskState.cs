using Journal.Postgres.Engine;

namespace Journal.Postgres.Writing;

/// <summary>A task that the transaction has locked: what moves need of it, kept true from move to move.</summary>
internal sealed class TaskState(Row row)
{
    public long Id { get; } = row.Integer(0);

    public long Batch { get; } = row.Integer(1);

    public JournalTaskStatus Status { get; set; } = (JournalTaskStatus)row.Integer(2);

    public long Stage { get; set; } = row.Integer(3);

    public long Token { get; set; } = row.Integer(4);

    public long? Worker { get; } = row.IntegerOrNull(5);

    public long? ClaimedAt { get; set; } = row.IntegerOrNull(6);

    public string? Project { get; set; } = row.TextOrNull(7);

    public string? Outputs { get; set; } = row.TextOrNull(8);

    public string? Metadata { get; set; } = row.TextOrNull(9);

    /// <summary>The digest of the key by which its start is limited.</summary>
    public Guid? LimitKey { get; } = row.DigestOrNull(10);

    /// <summary>What its start costs.</summary>
    public double Cost { get; } = row.Real(11);

    /// <summary>Which sending of moves it last took part in: a task makes one move in each.</summary>
    public int Wave { get; set; }
}
