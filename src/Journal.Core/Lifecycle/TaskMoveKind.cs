namespace Journal.Lifecycle;

/// <summary>The moves that a task can make. What each one means stands in <see cref="TaskLifecycle"/>.</summary>
public enum TaskMoveKind
{
    /// <summary>A worker takes it.</summary>
    Claim,

    /// <summary>Its work is done.</summary>
    Complete,

    /// <summary>The work of its stage is done, the next stage waits.</summary>
    Advance,

    /// <summary>It is given up.</summary>
    Fail,

    /// <summary>It is tried again later.</summary>
    Retry,

    /// <summary>A stop gives it back.</summary>
    Release,

    /// <summary>Its worker died.</summary>
    Recover,

    /// <summary>Its worker died too often.</summary>
    Abandon,

    /// <summary>It needs no work.</summary>
    Skip,

    /// <summary>An operator withdraws it.</summary>
    Cancel,

    /// <summary>An operator wants it done again.</summary>
    Requeue,

    /// <summary>It failed for a cause outside itself, and the attempt is given back.</summary>
    Refund,
}
