namespace Journal.Commands.Results;

/// <summary>What Test-Journal found.</summary>
/// <param name="JournalPath">The journal.</param>
/// <param name="IsHealthy">Whether nothing is wrong with it.</param>
/// <param name="Problems">What is wrong, a line each.</param>
public sealed record JournalHealth(string JournalPath, bool IsHealthy, JsonList Problems);
