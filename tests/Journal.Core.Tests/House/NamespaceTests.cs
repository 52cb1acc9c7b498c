using System.Runtime.CompilerServices;
using System.Text;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Journal.Tests.House;

/// <summary>Who opens a room need not know the whole house: namespaces use each other one way only.</summary>
public sealed class NamespaceTests
{
    /// <summary>The assemblies of the product.</summary>
    public static TheoryData<string> Product { get; } = ["Journal.Core", "Journal.Interchange", "Journal.Reports", "Journal.Sqlite", "Journal.Postgres", "Journal.Yaml", "Journal.PowerShell"];

    [Theory]
    [MemberData(nameof(Product))]
    public void No_namespaces_use_each_other_in_a_circle(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(PathOf(assembly));
        Assert.Equal([], CirclesIn(UsesIn(module)));
    }

    [Fact]
    public void A_circle_is_seen()
    {
        using var module = ModuleDefinition.ReadModule(typeof(NamespaceTests).Assembly.Location);
        Assert.Contains("Journal.Tests.House.Left -> Journal.Tests.House.Right", CirclesIn(UsesIn(module)));
    }

    // Which namespaces the types of each namespace mention: in signatures, in attributes and in the code.
    private static Dictionary<string, HashSet<string>> UsesIn(ModuleDefinition module)
    {
        var uses = new Dictionary<string, HashSet<string>>();
        foreach (var type in module.GetAllTypes())
        {
            var from = NamespaceOf(type);
            if (from.Length == 0) continue;
            if (!uses.TryGetValue(from, out var to)) uses.Add(from, to = []);
            to.UnionWith(Mentioned(type).SelectMany(Parts).Where(part => part.Scope == module || part is TypeDefinition).Select(NamespaceOf).Where(name => name.Length > 0 && name != from));
        }

        return uses;
    }

    private static IEnumerable<TypeReference?> Mentioned(TypeDefinition type)
    {
        var members = type.Methods.SelectMany(static method => OfMethod(method))
            .Concat(type.Fields.Select(static field => field.FieldType))
            .Concat(type.CustomAttributes.SelectMany(OfAttribute))
            .Concat(type.Properties.SelectMany(static property => property.CustomAttributes).SelectMany(OfAttribute));
        return members.Concat(type.Interfaces.Select(static one => one.InterfaceType)).Append(type.BaseType);
    }

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method)
    {
        var signature = method.Parameters.Select(static parameter => parameter.ParameterType).Append(method.ReturnType);
        if (!method.HasBody) return signature;
        var code = method.Body.Instructions.SelectMany(static instruction => instruction.Operand switch
        {
            TypeReference type => [type],
            MethodReference called => called.Parameters.Select(static parameter => parameter.ParameterType).Append(called.DeclaringType).Append(called.ReturnType)
                .Concat(called is GenericInstanceMethod generic ? generic.GenericArguments : []),
            FieldReference field => [field.DeclaringType, field.FieldType],
            _ => Enumerable.Empty<TypeReference>(),
        });
        return signature.Concat(method.Body.Variables.Select(static variable => variable.VariableType)).Concat(code);
    }

    // The types that an attribute names stand in its blob as text; to have it decoded would need the assemblies of PowerShell.
    private static IEnumerable<TypeReference?> OfAttribute(CustomAttribute attribute)
    {
        var text = Encoding.UTF8.GetString(attribute.GetBlob());
        return attribute.AttributeType.Module.Types.Where(type => type.Namespace.Length > 0 && text.Contains(type.FullName, StringComparison.Ordinal)).Append(attribute.AttributeType);
    }

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification specified => Parts(specified.ElementType),
        _ => [type],
    };

    private static string NamespaceOf(TypeReference type)
    {
        while (type.DeclaringType is not null) type = type.DeclaringType;
        return type.Namespace;
    }

    private static List<string> CirclesIn(Dictionary<string, HashSet<string>> uses)
    {
        var reached = uses.Keys.ToDictionary(static name => name, name => Reach(uses, name));
        return uses
            .SelectMany(static pair => pair.Value.Select(to => (From: pair.Key, To: to)))
            .Where(edge => reached.TryGetValue(edge.To, out var back) && back.Contains(edge.From))
            .Select(static edge => $"{edge.From} -> {edge.To}")
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    private static HashSet<string> Reach(Dictionary<string, HashSet<string>> uses, string name)
    {
        var reached = new HashSet<string>();
        var left = new Stack<string>([name]);
        while (left.TryPop(out var next))
        {
            foreach (var to in uses.GetValueOrDefault(next, []).Where(reached.Add)) left.Push(to);
        }

        return reached;
    }

    /// <summary>Where an assembly of the product lies.</summary>
    internal static string PathOf(string assembly, [CallerFilePath] string here = "")
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(NamespaceTests).Assembly.Location)))!;
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
        return Path.Combine(root, "src", assembly, "bin", configuration, "net10.0", assembly + ".dll");
    }
}
