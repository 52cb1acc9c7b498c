namespace Journal.Commands.Binding;

/// <summary>Parameters of a line that runs a batch which do nothing in it: not errors, for a script may leave -ThrottleLimit and the input to its caller.</summary>
internal static class UnusedParameters
{
    private static readonly string[] OfInputs = ["Key", "SourceType", "Priority", "Weight", "Fingerprint", "Cost", "NotBefore", "LimitBy"];
    private static readonly string[] OfRunspaces = ["ImportModule", "FunctionName"];

    /// <summary>What to say about them.</summary>
    /// <param name="given">The parameters of the line.</param>
    /// <param name="hasInputs">Whether inputs come with it.</param>
    /// <param name="inSession">Whether the blocks run in the caller's session.</param>
    /// <param name="asJob">Whether the run is a job.</param>
    public static IEnumerable<string> Of(IReadOnlyDictionary<string, object> given, bool hasInputs, bool inSession, bool asJob)
    {
        if (!hasInputs && Names(given, OfInputs) is { } ofInputs) yield return $"{ofInputs} did nothing: no inputs were given, and those in the journal keep what they have.";
        if (inSession && Names(given, OfRunspaces) is { } ofRunspaces)
        {
            yield return $"{ofRunspaces} did nothing: it is for the runspaces of a parallel run (-ThrottleLimit above 1) or of a job (-AsJob), and this one runs in the session, with its modules and functions.";
        }

        if (!asJob && given.ContainsKey("JobName")) yield return "-JobName did nothing: it names the job that -AsJob makes.";
    }

    private static string? Names(IReadOnlyDictionary<string, object> given, string[] names) =>
        names.Where(given.ContainsKey).Select(static name => "-" + name).ToArray() is { Length: > 0 } found ? string.Join(", ", found) : null;
}
