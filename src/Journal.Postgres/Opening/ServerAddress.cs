using System.Collections.Concurrent;
using System.Text;
using Journal.Storage;
using Npgsql;

namespace Journal.Postgres.Opening;

/// <summary>
/// Where a journal is on which server: a URI as libpq takes it (<c>postgresql://user@host:5432/database?sslmode=verify-full&amp;schema=journal</c>), or a
/// connection string as Npgsql takes it (<c>Host=…;Database=…;Search Path=journal</c>). A password in it is used and never shown.
/// </summary>
internal sealed class ServerAddress
{
    private const string DefaultSchema = "journal";

    private const int LongestName = 63;

    // Objects carry their journal without its password; a cmdlet that gets one from the pipeline finds the password of this process here.
    private static readonly ConcurrentDictionary<string, string> Passwords = new(StringComparer.Ordinal);

    private ServerAddress(string shown, NpgsqlConnectionStringBuilder settings)
    {
        Shown = shown;
        Settings = settings;
    }

    /// <summary>The address as users wrote it, without its password.</summary>
    public string Shown { get; }

    /// <summary>The same as settings of the driver.</summary>
    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>The schema that holds the journal's tables: its name as it is kept, letter by letter.</summary>
    public string Schema => Settings.SearchPath!;

    /// <summary>The same as SQL takes it.</summary>
    public string QuotedSchema => $"\"{Schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Keeps the password for what comes with the address as it is shown: it was the right one.</summary>
    public void Remember()
    {
        if (Settings.Password is { Length: > 0 } password) Passwords[Shown] = password;
    }

    /// <exception cref="JournalException">UnsupportedJournal.</exception>
    public static ServerAddress Parse(string location)
    {
        var shown = JournalLocation.WithoutPassword(location);
        try
        {
            var settings = location.Contains("://", StringComparison.Ordinal) ? FromUri(location, shown) : FromText(location, shown);
            if (string.IsNullOrEmpty(settings.Password) && Passwords.TryGetValue(shown, out var known)) settings.Password = known;
            if (string.IsNullOrEmpty(settings.SearchPath)) settings.SearchPath = DefaultSchema;
            if (ObjectionTo(settings.SearchPath) is { } objection) throw new FormatException($"'{settings.SearchPath}' cannot be the schema of a journal: {objection}.");
            // The driver takes any, and finds out when it connects.
            if (settings.Port is < 1 or > ushort.MaxValue) throw new FormatException($"{settings.Port} is no port.");
            return new ServerAddress(shown, settings);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw JournalErrors.UnsupportedJournal(shown, e.Message);
        }
    }

    private static string? ObjectionTo(string schema) =>
        Encoding.UTF8.GetByteCount(schema) > LongestName ? $"the server would cut its name after {LongestName} bytes"
        : schema.StartsWith("pg_", StringComparison.Ordinal) || schema == "information_schema" ? "the server keeps such names for itself"
        : schema.AsSpan().ContainsAnyInRange('\0', '\u001F') || schema.Contains('\u007F', StringComparison.Ordinal) ? "its name holds a control character"
        : null;

    private static NpgsqlConnectionStringBuilder FromText(string text, string shown)
    {
        // Services are libpq's; the driver does not know the word.
        var parts = text.Split(';').ToLookup(static part => part.TrimStart().StartsWith("Service=", StringComparison.OrdinalIgnoreCase));
        var settings = new NpgsqlConnectionStringBuilder(string.Join(';', parts[false]));
        if (settings.SearchPath?.Contains(',', StringComparison.Ordinal) == true) throw new FormatException($"a journal lives in one schema; '{settings.SearchPath}' names several.");
        AddService(settings, parts[true].FirstOrDefault()?.Split('=', 2)[1].Trim(), shown);
        return settings;
    }

    // postgresql://[user[:password]@][host[:port][,…]][/database][?setting=value&…]. Uri knows neither several hosts nor sockets in the host's place.
    private static NpgsqlConnectionStringBuilder FromUri(string text, string shown)
    {
        var settings = new NpgsqlConnectionStringBuilder();
        var rest = shown[(shown.IndexOf("://", StringComparison.Ordinal) + 3)..];
        settings.Password = PasswordIn(text, shown);
        var (address, query) = Cut(rest, '?');
        var (authority, database) = Cut(address, '/');
        var at = authority.LastIndexOf('@');
        if (at > 0) settings.Username = Uri.UnescapeDataString(authority[..at]);
        var hosts = authority[(at + 1)..];
        if (hosts.Length > 0) Set(settings, "host", Uri.UnescapeDataString(hosts));
        if (database.Length > 0) settings.Database = Uri.UnescapeDataString(database);
        string? service = null;
        foreach (var setting in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(setting, '=');
            name = Uri.UnescapeDataString(name);
            value = Uri.UnescapeDataString(value);
            if (name == "service") service = value;
            else Set(settings, name, value);
        }

        AddService(settings, service, shown);
        return settings;
    }

    // Of what is not shown, one part is the password: that before the @, or the parameter of that name.
    private static string? PasswordIn(string text, string shown)
    {
        var query = text.IndexOf("password=", StringComparison.OrdinalIgnoreCase);
        if (query > 0 && text[query - 1] is '?' or '&') return Uri.UnescapeDataString(Cut(text[(query + "password=".Length)..], '&').Before);
        var start = 0;
        while (start < shown.Length && text[start] == shown[start]) start++;
        if (start >= text.Length || text[start] != ':') return null;
        return Uri.UnescapeDataString(text[(start + 1)..(text.Length - (shown.Length - start))]);
    }

    // What the location itself says wins over the service.
    private static void AddService(NpgsqlConnectionStringBuilder settings, string? service, string shown)
    {
        service ??= Environment.GetEnvironmentVariable("PGSERVICE");
        if (string.IsNullOrEmpty(service)) return;
        var said = settings.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in ServiceFile.Read(service, shown))
        {
            var own = new NpgsqlConnectionStringBuilder();
            Set(own, name, value);
            foreach (var key in own.Keys.Where(key => !said.Contains(key))) settings[key] = own[key];
        }
    }

    /// <summary>A setting by libpq's name; other names are the driver's.</summary>
    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "host" when !value.Contains(',', StringComparison.Ordinal) && !value.StartsWith('/') && value.LastIndexOf(':') is > 0 and var colon && !value.EndsWith(']'):
                settings.Host = value[..colon].Trim('[', ']');
                settings.Port = int.Parse(value.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "host" or "hostaddr": settings.Host = value.Trim('[', ']'); break;
            case "port": settings.Port = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture); break;
            case "dbname": settings.Database = value; break;
            case "user": settings.Username = value; break;
            case "password": settings.Password = value; break;
            case "passfile": settings.Passfile = value; break;
            case "schema": settings.SearchPath = value; break;
            case "sslmode": settings.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true); break;
            case "gssencmode": settings.GssEncryptionMode = Enum.Parse<GssEncryptionMode>(value, ignoreCase: true); break;
            case "sslrootcert": settings.RootCertificate = value; break;
            case "sslcert": settings.SslCertificate = value; break;
            case "sslkey": settings.SslKey = value; break;
            case "connect_timeout": settings.Timeout = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture); break;
            case "application_name": settings.ApplicationName = value; break;
            case "target_session_attrs": settings.TargetSessionAttributes = value; break;
            case "options": settings.Options = value; break;
            default: settings[name] = value; break;
        }
    }

    private static (string Before, string After) Cut(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, "") : (text[..index], text[(index + 1)..]);
    }
}
