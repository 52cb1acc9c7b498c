using System.Globalization;
using Journal.Storage;

namespace Journal.Commands.Results;

/// <summary>What Add-JournalTask did.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Added">Tasks that are new in it.</param>
/// <param name="AlreadyThere">Inputs whose keys it had before.</param>
/// <param name="TakenUp">Of these: canceled tasks that wait again.</param>
/// <param name="Duplicates">Inputs whose keys came more than once.</param>
/// <param name="LeftOut">Inputs that -First left for another time.</param>
/// <param name="Total">All tasks of the batch, now.</param>
/// <param name="JournalPath">The journal it lives in.</param>
public sealed record JournalAddition(string BatchId, long Added, long AlreadyThere, long TakenUp, long Duplicates, long LeftOut, long Total, string JournalPath)
{
    /// <summary>The same in a sentence.</summary>
    public override string ToString() => Sentence(BatchId, new AddResult(Added, AlreadyThere, Duplicates) { TakenUp = TakenUp }, LeftOut);

    /// <summary>What became of inputs: <c>3 added to episodes-20240816-200400, 2 already there, 40 left out.</c></summary>
    internal static string Sentence(string batchId, AddResult result, long leftOut)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{result.Added} added to {batchId}, {result.AlreadyThere} already there");
        if (result.TakenUp > 0) text += string.Create(CultureInfo.InvariantCulture, $" ({result.TakenUp} of them canceled, and taken up again)");
        if (result.Duplicates > 0) text += string.Create(CultureInfo.InvariantCulture, $", {result.Duplicates} came more than once");
        if (leftOut > 0) text += string.Create(CultureInfo.InvariantCulture, $", {leftOut} left out");
        return text + ".";
    }
}
