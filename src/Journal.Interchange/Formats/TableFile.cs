using Journal.Formats;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>A SQLite file among the sources.</summary>
internal static class TableFile
{
    private static ReadOnlySpan<byte> Head => "SQLite format 3\0"u8;

    /// <summary>Whether a file begins like one. What cannot be read is not one: whoever reads it says why.</summary>
    public static bool IsOne(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> head = stackalloc byte[Head.Length];
            return IsHead(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Whether a content begins like one.</summary>
    public static bool IsHead(ReadOnlySpan<byte> content) => content.StartsWith(Head);

    /// <summary>The rows of some tables, see <see cref="ITableFormat.Read"/>.</summary>
    /// <exception cref="JournalException">ImportFileInvalid.</exception>
    public static (SourceFile File, Node Tables) Read(string path, IReadOnlyList<string> tables, ITableFormat format)
    {
        try
        {
            var root = format.Read(path, tables);
            return (new SourceFile(path, root), root);
        }
        catch (TableFileException e)
        {
            throw JournalErrors.ImportFileInvalid(path, e.Place ?? "as a SQLite file", e.Message, e);
        }
    }
}
