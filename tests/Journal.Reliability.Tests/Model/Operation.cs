namespace Journal.Reliability.Tests.Model;

/// <summary>What somebody does to the journal.</summary>
public enum OperationKind
{
    Add,
    Claim,
    ClaimInStage,
    Complete,
    Advance,
    AdvanceAndGoOn,
    Fail,
    Retry,
    Release,
    Refund,
    Skip,
    Cancel,
    Requeue,
    Renew,
    Die,
    Recover,
    PauseBatch,
    PauseBatchForAMinute,
    ResumeBatch,
    CancelBatch,
    Reprioritise,
    TimePasses,
}

/// <summary>Whose lease a move of a task names.</summary>
public enum Claimant
{
    /// <summary>The one that holds, or held last.</summary>
    Holder,

    /// <summary>Nobody's: an operator's move.</summary>
    Operator,

    /// <summary>The lease before: a worker that was frozen.</summary>
    Stale,

    /// <summary>The present one, but by any worker: as after a crash that forgot a claim.</summary>
    Stranger,
}

/// <summary>One operation: numbers that any state can make sense of, so that any part of a sequence is a sequence.</summary>
/// <param name="Kind">What.</param>
/// <param name="Worker">Who, among three.</param>
/// <param name="Task">On which task, among those there are.</param>
/// <param name="Claimant">Under whose lease.</param>
/// <param name="Amount">How many, how urgent, how long.</param>
public sealed record Operation(OperationKind Kind, int Worker, int Task, Claimant Claimant, int Amount)
{
    /// <summary>Sequences; claims and time come more often, for nothing happens without them.</summary>
    public static Gen<Operation[]> Sequences { get; } =
        from length in Gen.Choose(1, 60)
        from operations in Single().ArrayOf(length)
        select operations;

    /// <summary>Shorter sequences: halves first, then without one operation, then with simpler ones.</summary>
    public static IEnumerable<Operation[]> Shrink(Operation[] operations)
    {
        for (var size = operations.Length / 2; size >= 1; size /= 2)
        {
            for (var start = 0; start + size <= operations.Length; start += size)
            {
                yield return [.. operations[..start], .. operations[(start + size)..]];
            }
        }

        for (var i = 0; i < operations.Length; i++)
        {
            if (operations[i] is { Worker: 0, Task: 0, Amount: 1 }) continue;
            var simpler = (Operation[])operations.Clone();
            simpler[i] = operations[i] with { Worker = 0, Task = 0, Amount = 1 };
            yield return simpler;
        }
    }

    private static Gen<Operation> Single() =>
        from kind in Gen.Frequency(
            (1, Gen.Elements(Enum.GetValues<OperationKind>())),
            (1, Gen.Elements(OperationKind.Add, OperationKind.Claim, OperationKind.TimePasses, OperationKind.Recover)))
        from worker in Gen.Choose(0, 2)
        from task in Gen.Choose(0, 5)
        from claimant in Gen.Frequency((4, Gen.Constant(Claimant.Holder)), (1, Gen.Constant(Claimant.Operator)), (1, Gen.Constant(Claimant.Stale)), (1, Gen.Constant(Claimant.Stranger)))
        from amount in Gen.Choose(1, 4)
        select new Operation(kind, worker, task, claimant, amount);
}
