using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>What an input is called by its type.</summary>
internal static class TypeNames
{
    /// <summary>The short name of a value's type (FileInfo, String); for a PSCustomObject the name it was given, if any.</summary>
    public static string Of(object? value)
    {
        if (value is not PSObject wrapped) return value?.GetType().Name ?? "null";
        var full = wrapped.TypeNames.FirstOrDefault() ?? nameof(PSCustomObject);
        if (full.StartsWith("Selected.", StringComparison.Ordinal) || full.StartsWith("Deserialized.", StringComparison.Ordinal)) full = full[(full.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return full[(full.LastIndexOf('.') + 1)..];
    }
}
