using System.Globalization;
using System.Text;

namespace Journal.Runs;

/// <summary>Where a line of an attempt's log was written.</summary>
public enum LogStream
{
    /// <summary>The warning stream.</summary>
    Warning,

    /// <summary>The information stream, which Write-Host writes to as well.</summary>
    Info,

    /// <summary>The verbose stream.</summary>
    Verbose,

    /// <summary>The error output of a native program.</summary>
    StdErr,
}

/// <summary>
/// The end of what an attempt wrote, line by line, each with its time (UTC) and its stream. It holds a limited number of bytes: the oldest lines go first,
/// and what is left says how many bytes are gone. Safe to be written to by several threads.
/// </summary>
/// <param name="limit">How many bytes of UTF-8 it holds, line ends included; from 1. The line that tells of dropped bytes comes on top of them.</param>
public sealed class AttemptLog(int limit)
{
    private const int LineEnd = 1;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _lines = [];
    private int _size;
    private long _dropped;

    /// <summary>Adds a text, each of its lines with the time and the stream.</summary>
    /// <param name="at">When it was written.</param>
    /// <param name="stream">Where.</param>
    /// <param name="text">One line or several; line ends after the last one do not count.</param>
    public void Add(DateTimeOffset at, LogStream stream, string text)
    {
        var lead = string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {NameOf(stream)} ");
        lock (_gate)
        {
            // A program that counts up in one place writes \r between its numbers: each is a line.
            foreach (var line in text.AsSpan().TrimEnd("\r\n").EnumerateLines()) Append(lead, line);
        }
    }

    /// <summary>The lines, the oldest first; null where there were none.</summary>
    public string? Text
    {
        get
        {
            lock (_gate)
            {
                if (_lines.Count == 0 && _dropped == 0) return null;
                var text = new StringBuilder();
                if (_dropped > 0) text.Append(CultureInfo.InvariantCulture, $"[{Amount.Of(_dropped, "byte")} before this dropped]\n");
                foreach (var line in _lines) text.Append(Encoding.UTF8.GetString(line)).Append('\n');
                return text.ToString(0, text.Length - 1);
            }
        }
    }

    private void Append(string lead, ReadOnlySpan<char> line)
    {
        // Of a line that is longer than all that is held, its end: with as many characters as there is room for bytes it is long enough.
        var cut = Math.Max(0, line.Length - limit);
        if (cut > 0 && char.IsLowSurrogate(line[cut])) cut++;
        var rest = Encoding.UTF8.GetBytes(line[cut..].ToString());
        var room = Math.Max(0, limit - LineEnd - lead.Length);
        var start = Math.Max(0, rest.Length - room);
        while (start < rest.Length && IsInsideCharacter(rest[start])) start++;
        _dropped += Encoding.UTF8.GetByteCount(line[..cut]) + start;
        if (lead.Length + LineEnd > limit)
        {
            _dropped += lead.Length + LineEnd;
            return;
        }

        var bytes = new byte[lead.Length + rest.Length - start];
        Encoding.ASCII.GetBytes(lead, bytes);
        rest.AsSpan(start).CopyTo(bytes.AsSpan(lead.Length));
        _lines.Enqueue(bytes);
        _size += bytes.Length + LineEnd;
        while (_size > limit)
        {
            var oldest = _lines.Dequeue().Length + LineEnd;
            _size -= oldest;
            _dropped += oldest;
        }
    }

    private static bool IsInsideCharacter(byte unit) => (unit & 0xC0) == 0x80;

    private static string NameOf(LogStream stream) => stream switch
    {
        LogStream.Warning => "WARNING",
        LogStream.Info => "INFO",
        LogStream.Verbose => "VERBOSE",
        _ => "STDERR",
    };
}
