using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>All that a line which runs a batch orders.</summary>
/// <param name="Mode">Which batch of the name is meant, and how; where the line gives an id, <see cref="RunMode.Resume"/> or <see cref="RunMode.Force"/>.</param>
/// <param name="Definition">What the line says about the batch.</param>
public sealed record RunOrder(RunMode Mode, RunDefinition Definition)
{
    /// <summary>The batch, where the line gives its id.</summary>
    public string? BatchId { get; init; }

    /// <summary>Whether the line says how the keys of limits are found.</summary>
    public bool GivesLimitBy { get; init; }

    /// <summary>Whether there is an input: without one, no batch is created.</summary>
    public bool HasInput { get; init; }

    /// <summary>What the line asks of the policy, laid over that of the batch, or over <see cref="NewOptions"/>.</summary>
    public Func<BatchOptions, BatchOptions> Options { get; init; } = static options => options;

    /// <summary>The policy of a batch that is begun, where the line does not say otherwise.</summary>
    public BatchOptions NewOptions { get; init; } = BatchOptions.Default;

    /// <summary>The user's data, laid over that of the batch.</summary>
    public JsonMap Metadata { get; init; } = JsonMap.Empty;

    /// <summary>Completed tasks whose outputs are not what they were are done again.</summary>
    public OutputCheck VerifyOutput { get; init; }

    /// <summary>What a dead run may have written is written again.</summary>
    public bool Redelivers { get; init; }

    /// <summary>Whether the line can tell if the effect of an attempt that died took place.</summary>
    public bool Reconciles { get; init; }

    /// <summary>Who lives.</summary>
    public IProcessTable Processes { get; init; } = ProcessTable.Instance;

    /// <summary>The run waits until a quota that is used up is renewed.</summary>
    public bool Waits { get; init; }

    /// <summary>Failed tasks are left alone.</summary>
    public bool SkipFailed { get; init; }

    /// <summary>The stage in which tasks that are done again go on, at the latest; null for the one in which they failed, or with Force the first.</summary>
    public string? FromStage { get; init; }

    /// <summary>The only stage that is run; null for all.</summary>
    public string? Stage { get; init; }

    /// <summary>How many tasks one call of the work gets at most; null where each has its own.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>Refuses what contradicts itself.</summary>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public void Validate()
    {
        if (SkipFailed && Mode is RunMode.New) throw JournalErrors.InvalidValue("-SkipFailed", true, "a new batch (-New) has no failed tasks to leave alone.");
        if (SkipFailed && Mode is RunMode.Force) throw JournalErrors.InvalidValue("-SkipFailed", true, "-Force does every task again, failed ones among them; give one or the other.");
        ChunkAttempt.Validate(ChunkSize, Definition.Stages);
    }
}

/// <summary>Whether a batch can be run now.</summary>
public enum RunReadiness
{
    /// <summary>It can.</summary>
    Ready,

    /// <summary>There is neither an input nor a batch to go on with.</summary>
    NothingToRun,

    /// <summary>Its pause holds: an operator's until it is resumed, one with a time to its end until then.</summary>
    Paused,
}

/// <summary>What came of an order.</summary>
/// <param name="Readiness">Whether there is something to run now.</param>
/// <param name="Batch">The batch; null where there is nothing to run.</param>
/// <param name="IsResumed">Whether the batch was there before.</param>
/// <param name="LostOutputs">Completed tasks that are done again because their outputs are gone or changed.</param>
/// <param name="Ended">The batch of the name that has ended, which is why a new one was begun; else null.</param>
public sealed record PreparedRun(RunReadiness Readiness, JournalBatch? Batch = null, bool IsResumed = false, int LostOutputs = 0, JournalBatch? Ended = null)
{
    /// <summary>Tasks that were completed before the batch was told to keep its results: what they emitted is not kept.</summary>
    public long NotKept { get; init; }

    /// <summary>An earlier batch of the name with results of a dead run that nobody has asked for.</summary>
    public OutboxShare? InDoubt { get; init; }
}
