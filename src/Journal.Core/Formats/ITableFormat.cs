using Journal.Hosting;

namespace Journal.Formats;

/// <summary>
/// Reads tables of other programs' SQLite files. The part of the module that implements it has exactly one public type that does, with a public
/// constructor without parameters.
/// </summary>
public interface ITableFormat
{
    /// <summary>The rows of some tables. Nothing of the file is run, and it is not written to.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="tables">The tables to read, in any case; views and virtual tables are left out.</param>
    /// <returns>
    /// A map from the names of those that are there to lists of maps from columns to values; columns without a value are left out. A row's line
    /// is its number, counted from 1 over all tables.
    /// </returns>
    /// <exception cref="TableFileException">It cannot be read, or is damaged.</exception>
    Node Read(string path, IReadOnlyList<string> tables);
}

/// <summary>A file of tables cannot be read.</summary>
/// <param name="place">Where: <c>table 'jobs', row 2</c>; null where it is about the whole file.</param>
/// <param name="message">A sentence.</param>
/// <param name="inner">What found it.</param>
public sealed class TableFileException(string? place, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Where; null where it is about the whole file.</summary>
    public string? Place { get; } = place;
}

/// <summary>Reads and writes YAML. The part of the module that implements it has exactly one public type that does, with a public constructor without parameters.</summary>
public interface IYamlFormat
{
    /// <summary>The one document of a text; a plain scalar is null, a flag or a number where YAML 1.2's core schema says so and JSON can write it.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="YamlTextException">It is not YAML, holds more than one document, nests too deep, or unfolds to too much.</exception>
    Node Read(string text);

    /// <summary>A node as a document, which ends in <c>...</c> and a line break, so that a cut file shows.</summary>
    string Write(Node node);
}

/// <summary>A text is not YAML that can be read.</summary>
public sealed class YamlTextException : Exception
{
    /// <summary>An error.</summary>
    /// <param name="line">Where, counted from 1.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="inner">What found it.</param>
    public YamlTextException(int line, string message, Exception? inner = null)
        : base(message, inner)
    {
        Line = line;
    }

    /// <summary>Where, counted from 1.</summary>
    public int Line { get; }
}

/// <summary>Finds the parts of the module that know a format. Each is loaded apart from everything else; see <see cref="PrivateAssembly"/>.</summary>
public static class FormatLoader
{
    private static readonly Lazy<IYamlFormat> LoadedYaml = new(static () => Load<IYamlFormat>(Path.Combine("formats", "yaml"), "Journal.Yaml"));
    private static readonly Lazy<ITableFormat> LoadedTables = new(static () => Load<ITableFormat>(Path.Combine("stores", "sqlite"), "Journal.Sqlite"));

    /// <summary>YAML.</summary>
    /// <exception cref="JournalException">PartMissing.</exception>
    public static IYamlFormat Yaml => LoadedYaml.Value;

    /// <summary>The tables of SQLite files: the store that knows SQLite reads those of others, too.</summary>
    /// <exception cref="JournalException">PartMissing.</exception>
    public static ITableFormat Tables => LoadedTables.Value;

    private static T Load<T>(string folder, string part)
        where T : class => PrivateAssembly.Load<T>(folder, part, path => JournalErrors.PartMissing(part, path));
}
