namespace Journal.Torture.Checking;

/// <summary>A file that was the journal for a while.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Identity">Its device and number.</param>
/// <param name="WasRepaired">Whether the next one was made from it, and so holds all that it held.</param>
internal sealed record KeptFile(string Path, string Identity, bool WasRepaired);
