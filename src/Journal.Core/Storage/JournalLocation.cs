using System.Text.RegularExpressions;

namespace Journal.Storage;

/// <summary>Where the journal is when nobody says.</summary>
public static partial class JournalLocation
{
    /// <summary>The environment variable that names the journal.</summary>
    public const string PathVariable = "JOURNAL_PATH";

    /// <summary>The environment variable that chooses the durability (Full or Normal).</summary>
    public const string DurabilityVariable = "JOURNAL_DURABILITY";

    /// <summary>The default: <c>$env:JOURNAL_PATH</c>, else <c>Journal/journal.db</c> in the user's local application data.</summary>
    public static string Default
    {
        get
        {
            var configured = Environment.GetEnvironmentVariable(PathVariable);
            return string.IsNullOrWhiteSpace(configured)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "Journal", "journal.db")
                : configured;
        }
    }

    /// <summary>The durability that the environment asks for; Full where it says nothing.</summary>
    /// <exception cref="JournalException">InvalidValue, when it says something else.</exception>
    public static Durability DefaultDurability
    {
        get
        {
            var configured = Environment.GetEnvironmentVariable(DurabilityVariable);
            if (string.IsNullOrWhiteSpace(configured)) return Durability.Full;
            return Enum.TryParse<Durability>(configured, ignoreCase: true, out var durability) && Enum.IsDefined(durability)
                ? durability
                : throw JournalErrors.InvalidValue(DurabilityVariable, configured, $"'{configured}' is neither Full nor Normal.");
        }
    }

    /// <summary>Whether a location is an address of a PostgreSQL server rather than a path.</summary>
    public static bool IsPostgres(string location) =>
        location.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || location.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || ConnectionText().IsMatch(location);

    /// <summary>A location as it may be shown: an address without its password; anything else as it is.</summary>
    public static string WithoutPassword(string location)
    {
        if (!IsPostgres(location)) return location;
        return location.Contains("://", StringComparison.Ordinal)
            ? UriParameter().Replace(UriPassword().Replace(location, "$1$2"), "").Replace("?&", "?", StringComparison.Ordinal).TrimEnd('?', '&')
            : TextPassword().Replace(location, "").Trim(';');
    }

    [GeneratedRegex(@"^\s*(Host|Server|Service)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionText();

    // What follows a colon and is no port is a password, up to the last @: it may hold characters that nobody escaped.
    [GeneratedRegex(@"^([a-z]+://[^:/?[]*):(?!\d+(?:[/?,]|$)).*(@)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UriPassword();

    [GeneratedRegex(@"(?<=[?&])(password|sslpassword)=[^&]*&?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UriParameter();

    // A value may be quoted, and then hold semicolons and doubled quotes.
    [GeneratedRegex("""(?<=^|;)\s*(SSL\s*)?(Password|PWD|PSW)\s*=\s*('([^']|'')*'|"([^"]|"")*"|[^;]*)\s*;?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TextPassword();
}
