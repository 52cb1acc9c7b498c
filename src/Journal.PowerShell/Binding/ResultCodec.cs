using System.Collections;
using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands.Binding;

/// <summary>What script blocks emit, as the journal keeps it: of one object its own JSON, of several a list.</summary>
internal static class ResultCodec
{
    /// <summary>The stored form.</summary>
    /// <param name="output">At least one object.</param>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static string Encode(IReadOnlyList<PSObject?> output) => KeptValues.Encode(output.Count == 1 ? output[0] : output.ToArray(), "A result");

    /// <summary>The objects of a stored result.</summary>
    public static IReadOnlyList<object?> Decode(StoredResult result) => KeptValues.Decode(result.Json) switch
    {
        IList items when result.Items != 1 => [.. items.Cast<object?>()],
        var value => [value],
    };
}
