namespace Journal.Policy.Classifying;

/// <summary>What is known about an error when it is to be classified.</summary>
/// <param name="Message">Its text, with what a server said about it where there is such a thing; may be empty.</param>
/// <param name="Exception">The exception, with its wrappers; null where there is none.</param>
/// <param name="PowerShellCategory">The name of the ErrorRecord's CategoryInfo.Category (<c>ObjectNotFound</c>), in any case; null outside PowerShell.</param>
/// <param name="ErrorId">The FullyQualifiedErrorId, or what another system calls the error.</param>
public sealed record ErrorFacts(string Message, Exception? Exception = null, string? PowerShellCategory = null, string? ErrorId = null)
{
    /// <summary>What the error has in common with others of its kind; null where that is its text.</summary>
    public string? Kind { get; init; }
}

/// <summary>What the retry policy needs to know about an error.</summary>
/// <param name="Category">Its category; never None when it comes from the classifier.</param>
/// <param name="RetryAfter">How long the other side asked to wait, counted from the error; null when it did not.</param>
/// <param name="ResetAt">Until when it asked to wait; null when it did not.</param>
public readonly record struct Classification(JournalErrorCategory Category, TimeSpan? RetryAfter = null, DateTimeOffset? ResetAt = null);
