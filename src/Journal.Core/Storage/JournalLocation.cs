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

    /// <summary>The path of the file itself that a path means: through all links, and in the case in which it is kept where the file system ignores case. The log lies beside that.</summary>
    /// <param name="path">A path; the file need not exist.</param>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        return RealPath.Of(full) is { } real ? RealPath.InItsCase(real) : full;
    }

    /// <summary>Why a path cannot name a journal on a system; null when it can.</summary>
    /// <param name="path">As it was given.</param>
    /// <param name="onWindows">Whether the rules of Windows hold.</param>
    public static string? Objection(string path, bool onWindows)
    {
        if (!onWindows) return path.StartsWith(@"\\", StringComparison.Ordinal) ? "it looks like a path of a Windows network: mount the share, and name the path where it is mounted." : null;
        if (path.StartsWith(@"\\.\", StringComparison.Ordinal)) return "it names a device.";
        var rest = path.StartsWith(@"\\?\", StringComparison.Ordinal) ? path[4..] : path;
        var parts = rest.Split('\\', '/');
        if (Array.Find(parts, static part => DeviceName().IsMatch(part)) is { } device) return $"'{device}' is the name of a device on Windows.";
        // A colon stands behind a drive, which comes first; any other names a stream beside a file.
        return parts.Skip(1).Any(static part => part.Contains(':', StringComparison.Ordinal)) || (parts is [var only] && only.Split(':') is [var before, _, ..] && before.Contains('.', StringComparison.Ordinal))
            ? "a colon in it names a stream beside a file."
            : null;
    }

    [GeneratedRegex(@"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeviceName();

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
