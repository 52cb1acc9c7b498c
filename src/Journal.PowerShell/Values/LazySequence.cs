using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Values;

/// <summary>Sequences that are computed while they are read, such as those of LINQ.</summary>
internal static class LazySequence
{
    /// <summary>Whether sequences of a type are: they do not know their length.</summary>
    public static bool Is(Type type) => !typeof(ICollection).IsAssignableFrom(type)
        && !type.GetInterfaces().Any(static face => face.IsGenericType && face.GetGenericTypeDefinition() is var kind && (kind == typeof(ICollection<>) || kind == typeof(IReadOnlyCollection<>)));

    /// <summary>All its items as a list that has the type names of the sequence. PowerShell's serializer would end such a sequence in silence where it throws.</summary>
    /// <exception cref="JournalException">ValueNotKept: it throws.</exception>
    public static PSObject ReadAll(IEnumerable sequence, object wrapped, string what)
    {
        var items = new ArrayList();
        try
        {
            foreach (var item in sequence) items.Add(item);
        }
#pragma warning disable CA1031 // Whatever somebody's sequence throws.
        catch (Exception e) when (e is not PipelineStoppedException)
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
