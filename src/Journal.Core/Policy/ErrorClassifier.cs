using Journal.Policy.Classifying;

namespace Journal.Policy;

/// <summary>
/// Gives an error its category: a table read from top to bottom, the first row that knows wins.
/// </summary>
public static class ErrorClassifier
{
    /// <summary>Classifies.</summary>
    /// <param name="facts">What is known about the error.</param>
    /// <returns>A category other than None; Unknown where no row knows. Never throws.</returns>
    public static Classification Classify(ErrorFacts facts)
    {
        var chain = ExceptionChain.Of(facts.Exception);
        var text = MessageRules.Cut(string.IsNullOrWhiteSpace(facts.Message) ? facts.Exception?.Message ?? "" : facts.Message);
        return
            // What the work itself said.
            ExceptionRules.Explicit(chain)
            // What the script counts on and has not got, by PowerShell's own id.
            ?? PowerShellRules.ById(FirstPart(facts.ErrorId))
            // What the exception proves: an HTTP status, a socket error, a file that is not there.
            ?? ExceptionRules.Certain(chain, text)
            // What PowerShell, or the cmdlet that failed, says.
            ?? PowerShellRules.ByCategory(facts.PowerShellCategory)
            // What the words say; an error id is words, too (TooManyRequests).
            ?? MessageRules.ByText(text)
            ?? MessageRules.ByText(FirstPart(facts.ErrorId))
            // What an exception without any detail makes likely.
            ?? ExceptionRules.Likely(chain)
            ?? new Classification(JournalErrorCategory.Unknown);
    }

    // After the comma PowerShell names the cmdlet, and a cmdlet's name says nothing about its error.
    private static string FirstPart(string? errorId) => errorId?.Split(',', 2)[0] ?? "";
}
