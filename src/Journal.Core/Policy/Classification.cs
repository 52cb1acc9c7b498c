namespace Journal.Policy;

/// <summary>What is known about an error when it is to be classified.</summary>
/// <param name="Message">Its text, with what a server said about it where there is such a thing; may be empty.</param>
/// <param name="Exception">The exception, with its wrappers; null where there is none.</param>
/// <param name="PowerShellCategory">The name of the ErrorRecord's CategoryInfo.Category (<c>ObjectNotFound</c>), in any case; null outside PowerShell.</param>
/// <param name="ErrorId">The FullyQualifiedErrorId, or what another system calls the error.</param>
public sealed record ErrorFacts(string Message, Exception? Exception = null, string? PowerShellCategory = null, string? ErrorId = null);

/// <summary>What the retry policy needs to know about an error.</summary>
/// <param name="Category">Its category; never None when it comes from <see cref="ErrorClassifier"/>.</param>
/// <param name="RetryAfter">How long the other side asked to wait, counted from the error; null when it did not.</param>
/// <param name="ResetAt">Until when it asked to wait; null when it did not.</param>
public readonly record struct Classification(JournalErrorCategory Category, TimeSpan? RetryAfter = null, DateTimeOffset? ResetAt = null);

/// <summary>
/// An error whose category is known where it arises: <c>Write-JournalError</c> throws it, and so may any C# code. It outranks every other
/// rule of <see cref="ErrorClassifier"/>, however deeply it is wrapped.
/// </summary>
public sealed class CategorizedErrorException : Exception
{
    /// <summary>An error with its category.</summary>
    /// <param name="message">For people.</param>
    /// <param name="category">What the retry policy goes by; None counts as Unknown.</param>
    /// <param name="retryAfter">How long to wait, from now.</param>
    /// <param name="resetAt">Until when to wait; where both are given, the later counts.</param>
    /// <param name="inner">What caused it.</param>
    public CategorizedErrorException(
        string message, JournalErrorCategory category, TimeSpan? retryAfter = null, DateTimeOffset? resetAt = null, Exception? inner = null)
        : base(message, inner)
    {
        Category = category;
        RetryAfter = retryAfter;
        ResetAt = resetAt;
    }

    /// <summary>What the retry policy goes by.</summary>
    public JournalErrorCategory Category { get; }

    /// <summary>How long to wait, from when it was thrown; null when nothing was said.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Until when to wait; null when nothing was said.</summary>
    public DateTimeOffset? ResetAt { get; }
}
