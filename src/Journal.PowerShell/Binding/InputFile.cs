using System.Text;

namespace Journal.Commands.Binding;

/// <summary>Inputs in a text file, a line each. Lines that are blank or begin with # do not count; a line is taken as it is, but for its end.</summary>
internal static class InputFile
{
    /// <summary>The inputs of a file, read as they are asked for: UTF-8, or as its byte order mark says; lines may end in LF or CRLF.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="JournalException">InputFileNotFound, InputFileUnreadable; InputFileEmpty at the end of a file without inputs.</exception>
    public static IEnumerable<string> Read(string path)
    {
        using var reader = Open(path);
        var any = false;
        while (ReadLine(reader, path) is { } line)
        {
            var text = line.AsSpan().TrimStart();
            if (text.IsEmpty || text[0] == '#') continue;
            any = true;
            yield return line;
        }

        if (!any) throw JournalErrors.InputFileEmpty(path);
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw JournalErrors.InputFileNotFound(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw JournalErrors.InputFileUnreadable(path, Directory.Exists(path) ? "it is a directory." : e.Message, e);
        }
    }

    private static string? ReadLine(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (IOException e)
        {
            throw JournalErrors.InputFileUnreadable(path, e.Message, e);
        }
    }
}
