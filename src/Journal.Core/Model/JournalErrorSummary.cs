using System.Globalization;

namespace Journal;

/// <summary>Failed tasks of a batch that share an error.</summary>
/// <param name="Category">Its category.</param>
/// <param name="Signature">Its signature; null where none was recorded.</param>
/// <param name="Count">How many tasks.</param>
/// <param name="Example">The message of one of them.</param>
/// <param name="ExampleKey">The key of that one.</param>
public sealed record JournalErrorSummary(JournalErrorCategory Category, string? Signature, long Count, string? Example, string? ExampleKey) : IJsonRecord
{
    /// <inheritdoc/>
    public JsonMap ToJson() => JsonMap.From(new KeyValuePair<string, object?>[]
    {
        new(nameof(Category), Category.ToString()),
        new(nameof(Signature), Signature),
        new(nameof(Count), Count),
        new(nameof(Example), Example),
        new(nameof(ExampleKey), ExampleKey),
    });

    /// <summary>For example <c>12 × NotFound: Cannot find path 'C:\photos\a.jpg'</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} × {Category}: {Example ?? Signature}");
}
