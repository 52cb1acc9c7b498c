namespace Journal.Policy.Classifying;

/// <summary>An exception with what it wraps, outermost first: the wrappers of reflection, of tasks and of PowerShell all keep theirs as InnerException.</summary>
internal static class ExceptionChain
{
    // Deeper than any real chain; an exception can be made to wrap itself through a property that lies.
    private const int MaxLength = 32;

    public static IReadOnlyList<Exception> Of(Exception? exception)
    {
        var chain = new List<Exception>();
        Add(chain, exception);
        return chain;
    }

    private static void Add(List<Exception> chain, Exception? exception)
    {
        for (; exception is not null && chain.Count < MaxLength; exception = exception.InnerException)
        {
            chain.Add(exception);
            if (exception is not AggregateException several) continue;
            foreach (var inner in several.InnerExceptions) Add(chain, inner);
            return;
        }
    }
}
