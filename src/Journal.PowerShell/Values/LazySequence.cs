using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Values;

/// <summary>Sequences that are computed while they are read, such as those of LINQ.</summary>
internal static class LazySequence
{
    // More could not be kept: each takes at least twelve bytes in CLIXML, and a value has 64 MiB.
    private const int MaxItems = 5_000_000;

    /// <summary>Whether sequences of a type are: they do not know their length, or are one of LINQ's, some of which do.</summary>
    public static bool Is(Type type) => type.Namespace == "System.Linq" || !typeof(ICollection).IsAssignableFrom(type)
        && !type.GetInterfaces().Any(static face => face.IsGenericType && face.GetGenericTypeDefinition() is var kind && (kind == typeof(ICollection<>) || kind == typeof(IReadOnlyCollection<>)));

    /// <summary>All its items as a list that has the type names of the sequence. PowerShell's serializer would end such a sequence in silence where it throws.</summary>
    /// <exception cref="JournalException">ValueNotKept: it throws, or has no end.</exception>
    public static PSObject ReadAll(IEnumerable sequence, object wrapped, string what)
    {
        var items = new ArrayList();
        try
        {
            foreach (var item in sequence)
            {
                if (items.Count == MaxItems) throw JournalErrors.ValueNotKept(what, $"it has a list of more than {MaxItems:n0} items, or without end.");
                items.Add(item);
            }
        }
#pragma warning disable CA1031 // Whatever somebody's sequence throws.
        catch (Exception e) when (e is not (PipelineStoppedException or JournalException))
#pragma warning restore CA1031
        {
            throw JournalErrors.ValueNotKept(what, $"it is a list that fails while it is read, after {items.Count} items: {e.Message}");
        }

        var all = new PSObject(items);
        var names = PSObject.AsPSObject(wrapped).TypeNames.ToList();
        all.TypeNames.Clear();
        foreach (var name in names) all.TypeNames.Add(name);
        return all;
    }
}
