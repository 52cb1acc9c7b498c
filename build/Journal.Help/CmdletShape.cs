using System.Reflection;

namespace Journal.Help;

/// <summary>What reflection tells of a cmdlet.</summary>
/// <param name="Verb">Its verb.</param>
/// <param name="Noun">Its noun.</param>
/// <param name="DefaultSet">The parameter set that is meant where nothing decides; null where there is one only.</param>
/// <param name="Parameters">Its parameters, those of its own first.</param>
internal sealed record CmdletShape(string Verb, string Noun, string? DefaultSet, IReadOnlyList<ParameterShape> Parameters)
{
    /// <summary>The set of a parameter that is in all.</summary>
    public const string AllSets = "__AllParameterSets";

    private static readonly ParameterPlace Anywhere = new(false, null, false, false);

    public string Name => $"{Verb}-{Noun}";

    /// <summary>The parameter sets by name, the default first.</summary>
    public IReadOnlyList<string> Sets
    {
        get
        {
            var named = Parameters.SelectMany(static parameter => parameter.Places.Keys).Where(static set => set != AllSets).Distinct().ToList();
            return named.Count == 0 ? [AllSets] : [.. named.OrderBy(set => set != DefaultSet)];
        }
    }

    /// <summary>The cmdlets of an assembly, by name.</summary>
    public static IEnumerable<CmdletShape> In(Assembly assembly) => assembly.GetExportedTypes()
        .Select(static type => (Type: type, Cmdlet: Find(type, "CmdletAttribute")))
        .Where(static found => found.Cmdlet is not null && !found.Type.IsAbstract)
        .Select(static found => Of(found.Type, found.Cmdlet!))
        .OrderBy(static shape => shape.Name, StringComparer.Ordinal);

    /// <summary>The parameters of a set in the order in which its syntax shows them.</summary>
    public IEnumerable<(ParameterShape Parameter, ParameterPlace Place)> InSet(string set) => Parameters
        .Select(parameter => (Parameter: parameter, Place: parameter.PlaceIn(set)))
        .Where(static entry => entry.Place is not null)
        .Select(static entry => (entry.Parameter, Place: entry.Place!))
        .OrderBy(static entry => entry.Place.Position ?? int.MaxValue)
        .ThenBy(static entry => !entry.Place.Mandatory);

    private static CmdletShape Of(Type type, CustomAttributeData cmdlet)
    {
        var chain = new List<Type>();
        for (var t = type; t is not null; t = t.BaseType) chain.Add(t);
        var parameters = type.GetProperties()
            .Where(static property => property.CustomAttributes.Any(static data => data.AttributeType.Name == "ParameterAttribute"))
            .OrderBy(static property => property.Name == "JournalPath")
            .ThenBy(property => chain.IndexOf(property.DeclaringType!))
            .ThenBy(static property => property.MetadataToken)
            .Select(ParameterShape.Of)
            .ToList();
        if (Named(cmdlet, "SupportsShouldProcess") is true)
        {
            var all = new Dictionary<string, ParameterPlace> { [AllSets] = Anywhere };
            parameters.Add(new ParameterShape("WhatIf", "SwitchParameter", ["wi"], all, false, []));
            parameters.Add(new ParameterShape("Confirm", "SwitchParameter", ["cf"], all, false, []));
        }

        return new CmdletShape((string)cmdlet.ConstructorArguments[0].Value!, (string)cmdlet.ConstructorArguments[1].Value!, Named(cmdlet, "DefaultParameterSetName") as string, parameters);
    }

    private static CustomAttributeData? Find(Type type, string name) => type.CustomAttributes.FirstOrDefault(data => data.AttributeType.Name == name);

    private static object? Named(CustomAttributeData data, string name) =>
        data.NamedArguments.Where(argument => argument.MemberName == name).Select(static argument => argument.TypedValue.Value).FirstOrDefault();
}
