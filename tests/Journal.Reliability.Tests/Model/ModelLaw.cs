using Journal.Storage;

namespace Journal.Reliability.Tests.Model;

/// <summary>What every store must pass: whatever several workers and an operator do to it, it does what the model does.</summary>
public abstract class ModelLaw
{
    /// <summary>Opens a new, empty journal of the store under test.</summary>
    private protected abstract IJournalStore OpenNew(TimeProvider time);

    /// <summary>How many sequences are tried.</summary>
    private protected virtual int Sequences => 150;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_does_what_the_model_does(bool staged) =>
        Prop.ForAll(Arb.From(Operation.Sequences, Operation.Shrink), operations => Judge(Difference(operations, staged)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences));

    private static Property Judge(string? difference) => (difference is null).Label(difference ?? "alike");

    private string? Difference(Operation[] operations, bool staged)
    {
        using var run = new ModelRun(OpenNew, staged);
        return run.FirstDifference(operations);
    }
}
