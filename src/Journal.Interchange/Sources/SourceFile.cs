using System.IO.Compression;
using System.Text;
using Journal.Formats;

namespace Journal.Interchange.Sources;

/// <summary>A file that is imported: its content, and the errors that name it.</summary>
internal sealed class SourceFile
{
    /// <summary>The most that a compressed file may unfold to, in bytes.</summary>
    internal const long MostUnpacked = 1 << 30;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // The tables of a file that has rows instead of lines; null where it has lines.
    private readonly Node? _tables;

    /// <summary>A database whose rows are known: its places are told by table and row.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="tables">A map from tables to lists of rows; a row's line is its number, counted from 1 over all tables.</param>
    public SourceFile(string path, Node tables)
        : this(path, [])
    {
        _tables = tables;
    }

    /// <summary>A file whose content is known.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="content">UTF-8, or as its byte order mark says.</param>
    public SourceFile(string path, byte[] content)
    {
        Path = path;
        Content = ToUtf8(content);
    }

    /// <summary>What errors call it.</summary>
    public string Path { get; }

    /// <summary>The name without its folders and its extensions.</summary>
    public string BaseName
    {
        get
        {
            var name = System.IO.Path.GetFileName(Path);
            if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
            return System.IO.Path.GetFileNameWithoutExtension(name) is { Length: > 0 } bare ? bare : name;
        }
    }

    /// <summary>The content as UTF-8 without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The content as text.</summary>
    public string Text => Utf8.GetString(Content.Span);

    /// <summary>Reads a file; one that gzip made is unpacked.</summary>
    /// <exception cref="JournalException">InputFileNotFound, InputFileUnreadable, ImportFileInvalid.</exception>
    public static SourceFile Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return new SourceFile(path, bytes is [0x1f, 0x8b, ..] ? Unpack(bytes) : bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw JournalErrors.InputFileNotFound(path);
        }
        catch (InvalidDataException e)
        {
            throw JournalErrors.ImportFileInvalid(path, 1, "The compressed file is damaged or cut: " + e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw JournalErrors.InputFileUnreadable(path, e.Message, e);
        }
    }

    /// <summary>An error at a line, or at the row with that number.</summary>
    public JournalException Wrong(int line, string detail, Exception? inner = null) => JournalErrors.ImportFileInvalid(Path, Place(Math.Max(line, 1)), detail, inner);

    private string Place(int line)
    {
        foreach (var (table, rows) in _tables?.Members ?? [])
        {
            if (rows.Items.Count > 0 && line >= rows.Items[0].Line && line <= rows.Items[^1].Line) return $"table '{table}', row {line - rows.Items[0].Line + 1}";
        }

        return $"line {line}";
    }

    private static byte[] Unpack(byte[] packed)
    {
        // .NET takes a stream that ends too early for a short one; the last four bytes of the file tell how long it is.
        var length = packed.Length >= 18 ? BitConverter.ToUInt32(packed, packed.Length - 4) : 0;
        if (length > MostUnpacked) throw TooLarge();
        using var unpacked = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        // A small file can unfold to more than any memory holds: no further than it says itself.
        var buffer = new byte[64 * 1024];
        for (int read; unpacked.Length <= length && (read = gzip.Read(buffer)) > 0;) unpacked.Write(buffer, 0, read);
        return unpacked.Length == length ? unpacked.ToArray() : throw new InvalidDataException("its length is not what its end says.");
    }

    private static InvalidDataException TooLarge() => new($"it unfolds to more than {MostUnpacked >> 20} MB. Unpack it yourself where you trust it.");

    private static ReadOnlyMemory<byte> ToUtf8(byte[] bytes) => bytes switch
    {
        [0xef, 0xbb, 0xbf, ..] => bytes.AsMemory(3),
        [0xff, 0xfe, ..] => Utf8.GetBytes(Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2)),
        [0xfe, 0xff, ..] => Utf8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2)),
        _ => bytes,
    };
}
