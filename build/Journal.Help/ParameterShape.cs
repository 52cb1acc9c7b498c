using System.Collections;
using System.Collections.ObjectModel;
using System.Reflection;

namespace Journal.Help;

/// <summary>How a parameter stands in a parameter set.</summary>
internal sealed record ParameterPlace(bool Mandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>What help says of pipeline input.</summary>
    public string Pipeline => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };
}

/// <summary>What reflection tells of a parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as PowerShell's syntax shows it.</param>
/// <param name="Aliases">Its other names.</param>
/// <param name="Places">How it stands in each of its parameter sets.</param>
/// <param name="Wildcards">Whether it takes wildcards.</param>
/// <param name="Values">The values it takes, where there is a fixed set of them.</param>
/// <param name="Owner">The class that declares it; null for those that PowerShell adds.</param>
internal sealed record ParameterShape(
    string Name, string Type, IReadOnlyList<string> Aliases, IReadOnlyDictionary<string, ParameterPlace> Places, bool Wildcards, IReadOnlyList<string> Values, Type? Owner = null)
{
    private static readonly Dictionary<Type, string> ShortNames = new()
    {
        [typeof(string)] = "string", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(double)] = "double", [typeof(object)] = "object", [typeof(IDictionary)] = "IDictionary",
    };

    /// <summary>Whether it has a value of its own type where it is not given, so that the first of a fixed set of values stands for none.</summary>
    public bool HasValueAlways { get; private init; }

    public bool IsSwitch => Type == "SwitchParameter";

    /// <summary>How it stands in a set; null where it is not in it.</summary>
    public ParameterPlace? PlaceIn(string set) => Places.GetValueOrDefault(set) ?? Places.GetValueOrDefault(CmdletShape.AllSets);

    /// <summary>The parameter that a property is.</summary>
    public static ParameterShape Of(PropertyInfo property)
    {
        var places = new Dictionary<string, ParameterPlace>();
        foreach (var data in property.CustomAttributes.Where(static data => data.AttributeType.Name == "ParameterAttribute"))
        {
            var named = data.NamedArguments.ToDictionary(static argument => argument.MemberName, static argument => argument.TypedValue.Value);
            places[named.GetValueOrDefault("ParameterSetName") as string ?? CmdletShape.AllSets] = new ParameterPlace(
                named.GetValueOrDefault("Mandatory") is true, named.GetValueOrDefault("Position") as int?,
                named.GetValueOrDefault("ValueFromPipeline") is true, named.GetValueOrDefault("ValueFromPipelineByPropertyName") is true);
        }

        return new ParameterShape(property.Name, NameOf(property.PropertyType), Texts(property, "AliasAttribute"), places, Has(property, "SupportsWildcardsAttribute"), ValuesOf(property), property.DeclaringType)
        {
            HasValueAlways = property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null,
        };
    }

    private static string NameOf(Type type)
    {
        if (type.IsArray) return NameOf(type.GetElementType()!) + "[]";
        type = Nullable.GetUnderlyingType(type) ?? type;
        return ShortNames.GetValueOrDefault(type) ?? type.Name;
    }

    private static string[] ValuesOf(PropertyInfo property)
    {
        if (Texts(property, "ValidateSetAttribute") is { Length: > 0 } set) return set;
        var type = property.PropertyType.IsArray ? property.PropertyType.GetElementType()! : property.PropertyType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? Enum.GetNames(type) : [];
    }

    private static bool Has(PropertyInfo property, string attribute) => property.CustomAttributes.Any(data => data.AttributeType.Name == attribute);

    // The one argument of these attributes is an array of texts.
    private static string[] Texts(PropertyInfo property, string attribute) => property.CustomAttributes
        .Where(data => data.AttributeType.Name == attribute)
        .SelectMany(static data => (ReadOnlyCollection<CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)
        .Select(static argument => (string)argument.Value!)
        .ToArray();
}
