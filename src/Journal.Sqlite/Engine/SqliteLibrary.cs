using System.Runtime.InteropServices;
using System.Runtime.Loader;
using SQLitePCL;

namespace Journal.Sqlite.Engine;

/// <summary>SQLite's native library, loaded and set up once for the process.</summary>
internal static class SqliteLibrary
{
    private const string Name = "e_sqlite3";
    private const int ConfigMultiThread = 2;
    private const int ConfigMemoryStatistics = 9;
    private const string Needs = "On Linux it needs glibc 2.34 or later, or musl.";

    private static readonly Lock Gate = new();
    private static volatile string? s_version;

    /// <summary>Its version, such as 3.53.4; asked for before anything is opened.</summary>
    /// <exception cref="JournalException">NativeLibraryNotLoaded.</exception>
    public static string Version
    {
        get
        {
            if (s_version is { } known) return known;
            // Not a static constructor, whose exception would hide the reason, and come again for ever.
            lock (Gate) return s_version ??= Load();
        }
    }

    private static string Load()
    {
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            // No mutex for each connection: one never serves two threads at once. It is the process that decides, for a connection string cannot.
            raw.sqlite3_config(ConfigMultiThread);
            // Nobody asks for SQLite's statistics of its memory, and keeping them takes a lock of the whole process at each allocation.
            raw.sqlite3_config(ConfigMemoryStatistics, 0);
            FileLocks.Install();
            return raw.sqlite3_libversion().utf8_to_string();
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw JournalErrors.NativeLibraryNotLoaded(File(), Said(e.Message), Needs, e);
        }
    }

    // Where the loader looks; where it has nothing for this system, what it looks for.
    private static string File() =>
        new AssemblyDependencyResolver(typeof(SqliteLibrary).Assembly.Location).ResolveUnmanagedDllToPath(Name) ?? $"{Name} for {RuntimeInformation.RuntimeIdentifier}";

    // .NET's first line is general advice wherever further lines tell what the system's loader said.
    private static string Said(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(' ', lines.Length > 1 ? lines[1..] : lines);
    }
}
