using System.Text;
using Journal.Storage;

namespace Journal.Interchange;

/// <summary>Writes a file that appears under its name only when it is whole, and that its owner alone can read, unless it is made for others.</summary>
public static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a file of bytes.</summary>
    /// <param name="path">A full path; its folder is made where it is missing.</param>
    /// <param name="replace">Whether a file that is there may be replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="isPublic">Whether everybody may read it, and not its owner alone.</param>
    /// <exception cref="JournalException">ExportFileExists, ExportFailed.</exception>
    public static void Write(string path, bool replace, Action<Stream> write, bool isPublic = false)
    {
        if (!replace && (File.Exists(path) || Directory.Exists(path))) throw JournalErrors.ExportFileExists(path);
        var folder = Path.GetDirectoryName(path) ?? throw JournalErrors.ExportFailed(path, "it is the root of a disk.");
        var partial = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.partial");
        try
        {
            Directory.CreateDirectory(folder);
            try
            {
                using (var stream = Create(partial, isPublic))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                FilePaths.Move(partial, path, replace);
            }
            catch
            {
                File.Delete(partial);
                throw;
            }
        }
        catch (IOException) when (!replace && File.Exists(path))
        {
            throw JournalErrors.ExportFileExists(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw JournalErrors.ExportFailed(path, e.Message, e);
        }
    }

    /// <summary>Writes a file of text, as UTF-8 without a byte order mark.</summary>
    /// <exception cref="JournalException">ExportFileExists, ExportFailed.</exception>
    public static void WriteText(string path, bool replace, Action<TextWriter> write, bool isPublic = false) => Write(path, replace, stream =>
    {
        using var writer = new StreamWriter(stream, Utf8, bufferSize: 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    }, isPublic);

    private static FileStream Create(string path, bool isPublic)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 64 * 1024 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (isPublic ? UnixFileMode.GroupRead | UnixFileMode.OtherRead : UnixFileMode.None);
        return new FileStream(path, options);
    }
}
