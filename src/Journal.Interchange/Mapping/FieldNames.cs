using System.Collections.Frozen;
using Journal.Policy;
using Journal.Policy.Classifying;
using static Journal.JournalErrorCategory;

namespace Journal.Interchange.Mapping;

/// <summary>Names as different systems write them: <c>createdAt</c>, <c>CreatedAt</c>, <c>created_at</c> and <c>created-at</c> are one.</summary>
internal static class FieldNames
{
    /// <summary>What all spellings of a name have in common.</summary>
    public static string Fold(string name)
    {
        Span<char> folded = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        var length = 0;
        foreach (var c in name)
        {
            if (c is not ('_' or '-' or ' ' or '.')) folded[length++] = char.ToLowerInvariant(c);
        }

        return new string(folded[..length]);
    }
}

/// <summary>What other systems call a status. The table stands in docs/import-export.md.</summary>
internal static class StatusNames
{
    private static readonly FrozenDictionary<string, JournalTaskStatus> Table = Rows(
        (JournalTaskStatus.Pending, "pending queued waiting new ready todo discovered unprocessed scheduled paused retry retrying requeued"),
        (JournalTaskStatus.InProgress, "inprogress running processing started active working claimed doing"),
        (JournalTaskStatus.Completed, "completed complete done success succeeded successful ok processed finished published"),
        (JournalTaskStatus.Failed, "failed failure fail error errored abandoned dead timedout notfound"),
        (JournalTaskStatus.Skipped, "skipped skip duplicate ignored excluded"),
        (JournalTaskStatus.Canceled, "canceled cancelled aborted withdrawn")).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The status that a name means; null for a name that is not known.</summary>
    public static JournalTaskStatus? Find(string name) => Table.TryGetValue(FieldNames.Fold(name), out var status) ? status : null;

    private static Dictionary<string, JournalTaskStatus> Rows(params (JournalTaskStatus Status, string Names)[] rows) =>
        rows.SelectMany(static row => row.Names.Split(' ').Select(name => (name, row.Status))).ToDictionary(static row => row.name, static row => row.Status);
}

/// <summary>What other systems call the category of an error. The table stands in docs/import-export.md.</summary>
internal static class CategoryNames
{
    private static readonly FrozenDictionary<string, JournalErrorCategory> Table = Rows(
        (None, "none success ok"),
        (QuotaExceeded, "quotaexceeded quota dailylimitexceeded"),
        (RateLimited, "ratelimited ratelimit ratelimitexceeded toomanyrequests throttled"),
        (NotFound, "notfound missing deleted"),
        (PermissionDenied, "permissiondenied permission forbidden unauthorized accessdenied auth authentication"),
        (NetworkError, "networkerror network connection connectionerror"),
        (InvalidInput, "invalidinput invalid validation validationerror valueerror badrequest"),
        (JournalErrorCategory.Timeout, "timeout timedout timeouterror"),
        (Abandoned, "abandoned crashed orphaned stalled"),
        (Unknown, "unknown other general error")).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The category that a name means; null for a name that is not known.</summary>
    public static JournalErrorCategory? Find(string name) => Table.TryGetValue(FieldNames.Fold(name), out var category) ? category : null;

    /// <summary>The category of an error: what the source calls it, else what its text tells.</summary>
    /// <param name="name">What the source calls it; null where it says nothing.</param>
    /// <param name="message">The error's text.</param>
    public static JournalErrorCategory Of(string? name, string? message)
    {
        if (name is not null && Find(name) is { } known && (known is not (None or Unknown) || message is null)) return known;
        if (message is null && name is null) return None;
        return ErrorClassifier.Classify(new ErrorFacts(message ?? "", ErrorId: name)).Category;
    }

    private static Dictionary<string, JournalErrorCategory> Rows(params (JournalErrorCategory Category, string Names)[] rows) =>
        rows.SelectMany(static row => row.Names.Split(' ').Select(name => (name, row.Category))).ToDictionary(static row => row.name, static row => row.Category);
}
