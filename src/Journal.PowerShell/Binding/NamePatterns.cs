using Journal.Storage;

namespace Journal.Commands.Binding;

/// <summary>
/// What a user means by a text that may be a pattern: what is called exactly so, where there is that, else the pattern. So a key finds itself,
/// brackets and all, as a view prints it. With a backtick before each wildcard a text is always taken literally.
/// </summary>
internal static class NamePatterns
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("*?[`");

    /// <summary>Whether a text could be meant as a pattern, and as a name as well.</summary>
    public static bool IsAmbiguous(string text) => text != "*" && text.AsSpan().ContainsAny(Special);

    /// <summary>The patterns of some texts; null for null.</summary>
    /// <param name="texts">What the user gave.</param>
    /// <param name="exists">Whether something is called exactly so.</param>
    public static List<TextPattern>? Of(string[]? texts, Func<TextPattern, bool> exists) => texts?.Select(text => Of(text, exists)).ToList();

    /// <inheritdoc cref="Of(string[], Func{TextPattern, bool})"/>
    public static TextPattern Of(string text, Func<TextPattern, bool> exists) =>
        IsAmbiguous(text) && TextPattern.Exactly(text) is var exact && exists(exact) ? exact : TextPattern.Wildcard(text);

    /// <summary>Names of batches, which are the same in any case.</summary>
    public static List<TextPattern>? OfBatches(IJournalStore store, string[]? names) => names?.Select(name =>
        IsAmbiguous(name) && store.ReadBatches(new BatchQuery { Names = [TextPattern.Name(name)], First = 1 }).Any() ? TextPattern.Name(name) : TextPattern.Names(name)).ToList();

    /// <summary>A pattern that matches one text alone.</summary>
    public static string Escape(string text) => string.Concat(text.Select(static character => character is '*' or '?' or '[' or ']' or '`' ? $"`{character}" : character.ToString()));
}
