namespace Journal.Postgres.Engine;

/// <summary>Numbers of advisory locks: a journal's schema, a batch (0 for the journal), and what of it is locked.</summary>
internal static class AdvisoryLocks
{
    /// <summary>The lock of those who work on a batch, and of those who want it for themselves.</summary>
    public static long Batch(long space, long number) => Key(space, number, 0);

    /// <summary>The lock of those who add tasks to a batch.</summary>
    public static long Adding(long space, long number) => Key(space, number, 1);

    /// <summary>The lock on the trail of events.</summary>
    public static long Trail(long space) => Key(space, 0, 2);

    /// <summary>The lock of those who begin a batch unless somebody else does.</summary>
    public static long Beginning(long space) => Key(space, 0, 3);

    /// <summary>The lock of those who decide what of a batch with limits may start.</summary>
    public static long Pace(long space, long number) => Key(space, number, 2);

    private static long Key(long space, long number, int kind) => unchecked((space << 32) ^ ((number << 2) + kind));
}
