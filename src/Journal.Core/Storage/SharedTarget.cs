using Journal.Terminal;

namespace Journal.Storage;

/// <summary>A target id that two tasks of one batch have: what one of them made, the other made too, or wrote over.</summary>
/// <param name="TargetId">The id.</param>
/// <param name="Key">The key of the task that recorded it just now, or was about to.</param>
/// <param name="Other">The key of a task that has had it.</param>
public sealed record SharedTarget(string TargetId, string Key, string Other)
{
    /// <summary>What the history says of it, beside why the move was made.</summary>
    /// <param name="reason">That, or null.</param>
    public string Reason(string? reason) => (reason is null ? "" : reason + " ") + $"The target id '{TargetId}' is that of '{Other}' too.";

    /// <summary>The same in words for whoever watches.</summary>
    /// <param name="batchId">The batch of both.</param>
    public string Words(string batchId) =>
        $"'{TerminalText.SafeLine(Key)}' was completed with the target id '{TerminalText.SafeLine(TargetId)}', which is that of '{TerminalText.SafeLine(Other)}' too. To see both: Get-JournalTask '{batchId}' -TargetId '{TerminalText.SafeLine(TargetId).Replace("'", "''", StringComparison.Ordinal)}'";
}
