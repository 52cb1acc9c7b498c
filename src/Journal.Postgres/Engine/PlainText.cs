using System.Security.Cryptography;
using System.Text;

namespace Journal.Postgres.Engine;

/// <summary>
/// Text that PostgreSQL can hold. It takes neither NUL nor half a surrogate pair: a NUL is written as two characters that begin with an escape
/// (U+001A, itself written as two), half a pair becomes U+FFFD, as in any UTF-8.
/// </summary>
internal static class PlainText
{
    private const char Escape = '\u001A';

    public static string Encode(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return text.AsSpan().IndexOfAny('\0', Escape) < 0
            ? text
            : text.Replace("\u001A", "\u001A1", StringComparison.Ordinal).Replace("\0", "\u001A0", StringComparison.Ordinal);
    }

    public static string Decode(string text) => text.Contains(Escape, StringComparison.Ordinal)
        ? text.Replace("\u001A0", "\0", StringComparison.Ordinal).Replace("\u001A1", "\u001A", StringComparison.Ordinal)
        : text;
}

/// <summary>Half of a text's SHA-256: what stands in a unique index for a text that may be longer than an index takes.</summary>
internal static class Digest
{
    /// <summary>The digest of a text; null of none.</summary>
    public static Guid? OfOptional(string? text) => text is null ? null : Of(text);

    public static Guid Of(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(PlainText.Encode(text)), hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
