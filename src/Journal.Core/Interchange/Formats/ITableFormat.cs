using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

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
