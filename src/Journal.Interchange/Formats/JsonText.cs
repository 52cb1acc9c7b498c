using System.Text.Json;
using Journal.Formats;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>JSON to nodes that know their lines.</summary>
internal static class JsonText
{
    /// <summary>Deeper than any journal is.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    /// <summary>The one value of a text.</summary>
    /// <param name="file">For the errors.</param>
    /// <param name="utf8">The text, without a byte order mark.</param>
    /// <param name="firstLine">The number of its first line in the file.</param>
    /// <exception cref="JournalException">ImportFileInvalid.</exception>
    public static Node Parse(SourceFile file, ReadOnlySpan<byte> utf8, int firstLine = 1)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        var lines = new LineCounter(firstLine);
        try
        {
            if (!reader.Read()) throw file.Wrong(firstLine, "There is no value.");
            var node = Read(ref reader, ref lines, utf8);
            if (reader.Read()) throw file.Wrong(lines.At(utf8, reader.TokenStartIndex), "There is more after the end of the value.");
            return node;
        }
        catch (JsonException e)
        {
            throw file.Wrong((int)Math.Min((e.LineNumber ?? 0) + firstLine, int.MaxValue), "This is not JSON, or the file is cut: " + Sentence(e.Message), e);
        }
        catch (InvalidOperationException e)
        {
            // A text that is no Unicode: half a surrogate pair, or bytes that are not UTF-8.
            throw file.Wrong(lines.At(utf8, reader.TokenStartIndex), "A text is not valid Unicode.", e);
        }
    }

    private static Node Read(ref Utf8JsonReader reader, ref LineCounter lines, ReadOnlySpan<byte> utf8)
    {
        var line = lines.At(utf8, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return Node.Of(reader.GetString(), line);
            case JsonTokenType.Number: return Node.Number(System.Text.Encoding.ASCII.GetString(reader.ValueSpan), line);
            case JsonTokenType.True: return Node.Of(true, line);
            case JsonTokenType.False: return Node.Of(false, line);
            case JsonTokenType.StartArray:
                var items = new List<Node>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader, ref lines, utf8));
                return Node.List(items, line);
            case JsonTokenType.StartObject:
                var members = new List<KeyValuePair<string, Node>>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add(new(name, Read(ref reader, ref lines, utf8)));
                }

                return Node.Map(members, line);
            default: return Node.Nothing(line);
        }
    }

    // The message names a line of the fragment that was parsed, counted from 0; the file's line stands before it.
    private static string Sentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private struct LineCounter(int line)
    {
        private int _line = line;
        private long _counted;

        public int At(ReadOnlySpan<byte> utf8, long index)
        {
            _line += utf8[(int)_counted..(int)index].Count((byte)'\n');
            _counted = index;
            return _line;
        }
    }
}
