using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands.Binding;

/// <summary>What script blocks emit, as the journal keeps it: of one object its own JSON, of several a list.</summary>
internal static class ResultCodec
{
    /// <summary>The stored form.</summary>
    /// <param name="output">At least one object.</param>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static string Encode(IReadOnlyList<PSObject?> output) => JsonValues.ToJson(output.Count == 1 ? Plain(output[0]) : output.Select(Plain).ToList());

    /// <summary>The objects of a stored result.</summary>
    public static IReadOnlyList<object?> Decode(StoredResult result)
    {
        var value = JsonValues.ParseStored(result.Json);
        return value is List<object?> items && result.Items != 1 ? items.ConvertAll(TaskInputs.ToPowerShell) : [TaskInputs.ToPowerShell(value)];
    }

    private static object? Plain(PSObject? item) => item is null ? null : item.BaseObject is FileSystemInfo file ? file.FullName : PlainValues.From(item, "A result");
}
