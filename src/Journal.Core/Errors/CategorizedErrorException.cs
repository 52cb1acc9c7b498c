namespace Journal;

/// <summary>
/// An error whose category is known where it arises: <c>Write-JournalError</c> throws it, and so may any C# code. It outranks every other
/// rule of the classification, however deeply it is wrapped.
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
