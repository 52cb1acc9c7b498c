using static Journal.JournalErrorCategory;

namespace Journal.Policy.Classifying;

/// <summary>What the category of a PowerShell error says, by the names of the enum ErrorCategory.</summary>
internal static class PowerShellRules
{
    // Left out: what PowerShell uses for anything (NotSpecified, OperationStopped: every "throw"; InvalidOperation, FromStdErr, ReadError, WriteError …;
    // ResourceUnavailable: a remote machine, but also a program that would not start or a disk that is full).
    private static readonly Dictionary<string, JournalErrorCategory> Certain = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ObjectNotFound"] = NotFound,
        ["PermissionDenied"] = PermissionDenied,
        ["SecurityError"] = PermissionDenied,
        ["AuthenticationError"] = PermissionDenied,
        ["OperationTimeout"] = JournalErrorCategory.Timeout,
        ["ConnectionError"] = NetworkError,
        ["ProtocolError"] = NetworkError,
        ["QuotaExceeded"] = QuotaExceeded,
        // An internal limit, say providers who throttle: worth a slower try, not a pause of everything.
        ["LimitsExceeded"] = RateLimited,
        ["InvalidArgument"] = InvalidInput,
        ["InvalidData"] = InvalidInput,
        ["InvalidType"] = InvalidInput,
        ["ParserError"] = InvalidInput,
        ["SyntaxError"] = InvalidInput,
        ["MetadataError"] = InvalidInput,
    };

    public static Classification? ByCategory(string? category) =>
        category is not null && Certain.TryGetValue(category, out var found) ? new Classification(found) : null;
}
