namespace Journal.Commands.Results;

/// <summary>What Repair-Journal did.</summary>
/// <param name="JournalPath">The journal, as it is now.</param>
/// <param name="AsidePath">Where the damaged one is.</param>
/// <param name="Report">What was saved and what was lost, a line each.</param>
public sealed record JournalSalvage(string JournalPath, string AsidePath, JsonList Report);
