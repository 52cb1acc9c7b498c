namespace Journal.Postgres.Opening;

/// <summary>Connection services as libpq knows them: named sections of pg_service.conf, with settings by libpq's names.</summary>
internal static class ServiceFile
{
    /// <summary>The settings of a service, of the first file that has it.</summary>
    /// <exception cref="JournalException">UnsupportedJournal, when no file has it.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string service, string location)
    {
        foreach (var path in Paths().Where(File.Exists))
        {
            if (Section(File.ReadLines(path), service) is { } settings) return settings;
        }

        throw JournalErrors.UnsupportedJournal(location, $"no service file has a service '{service}' (PGSERVICEFILE, ~/.pg_service.conf, PGSYSCONFDIR).");
    }

    private static IEnumerable<string> Paths()
    {
        if (Environment.GetEnvironmentVariable("PGSERVICEFILE") is { Length: > 0 } file) yield return file;
        yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pg_service.conf");
        if (Environment.GetEnvironmentVariable("PGSYSCONFDIR") is { Length: > 0 } directory) yield return Path.Combine(directory, "pg_service.conf");
    }

    private static List<KeyValuePair<string, string>>? Section(IEnumerable<string> lines, string service)
    {
        List<KeyValuePair<string, string>>? settings = null;
        foreach (var line in lines.Select(static line => line.Trim()))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] == '[')
            {
                if (settings is not null) break;
                if (line == $"[{service}]") settings = [];
            }
            else if (settings is not null && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                settings.Add(new(line[..at].Trim(), line[(at + 1)..].Trim()));
            }
        }

        return settings;
    }
}
