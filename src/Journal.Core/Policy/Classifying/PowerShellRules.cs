using static Journal.JournalErrorCategory;

namespace Journal.Policy.Classifying;

/// <summary>What the category of a PowerShell error says, by the names of the enum ErrorCategory.</summary>
internal static class PowerShellRules
{
    // Left out: what PowerShell uses for anything (NotSpecified, OperationStopped: every "throw"; InvalidOperation, FromStdErr, ReadError, WriteError …).
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

    // Faults of the script itself, whose ids and categories sound like a thing that is not there.
    private static readonly HashSet<string> OfTheScript = new(StringComparer.OrdinalIgnoreCase)
    {
        "CommandNotFoundException", "CouldNotAutoLoadModule", "CouldNotAutoloadMatchingModule", "Modules_ModuleNotFound", "TypeNotFound", "TypeNotFoundWithMessage",
        "MethodNotFound", "PropertyNotFound", "PropertyNotFoundStrict", "PropertyAssignmentException", "VariableIsUndefined", "UsingVariableIsUndefined", "UsingWithoutInvokeCommand",
        "ScriptRequiresMissingModules", "NamedParameterNotFound", "ParameterNotFound",
    };

    /// <summary>What the first part of an error id proves: a command, module, class, member or variable that the script counts on and that is not there.</summary>
    public static Classification? ById(string errorId) => OfTheScript.Contains(errorId) ? new Classification(InvalidInput) : null;

    public static Classification? ByCategory(string? category) =>
        category is not null && Certain.TryGetValue(category, out var found) ? new Classification(found) : null;

    /// <summary>Categories that mostly come from remote machines, but are also used for a program that would not start.</summary>
    public static Classification? Likely(string? category) =>
        string.Equals(category, "ResourceUnavailable", StringComparison.OrdinalIgnoreCase) ? new Classification(NetworkError) : null;
}
