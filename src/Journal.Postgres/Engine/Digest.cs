using System.Security.Cryptography;
using System.Text;

namespace Journal.Postgres.Engine;

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
