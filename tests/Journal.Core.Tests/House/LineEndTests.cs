using System.Reflection;
using Journal.Storage;
using Journal.Storage.Shared;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Journal.Tests.House;

/// <summary>A report, an export or a schema has the same bytes on every system, and from every checkout.</summary>
public sealed class LineEndTests
{
    [Theory]
    [InlineData("Journal.Core")]
    [InlineData("Journal.Interchange")]
    [InlineData("Journal.Reports")]
    [InlineData("Journal.Sqlite")]
    [InlineData("Journal.Yaml")]
    public void Nothing_that_is_written_has_the_line_ends_of_the_system(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        Assert.Equal([], OfTheSystem(module));
    }

    [Fact]
    public void Line_ends_of_the_system_are_seen()
    {
        using var module = ModuleDefinition.ReadModule(typeof(LineEndTests).Assembly.Location);
        Assert.Contains(OfTheSystem(module), static use => use.Contains(nameof(Uses), StringComparison.Ordinal));
    }

    [Fact]
    public void A_schema_from_a_checkout_with_other_line_ends_is_the_same()
    {
        using var made = AssemblyDefinition.CreateAssembly(new AssemblyNameDefinition("Scripts", new Version(1, 0)), "Scripts", ModuleKind.Dll);
        made.MainModule.Resources.Add(new EmbeddedResource("0001_first.sql", Mono.Cecil.ManifestResourceAttributes.Public, "CREATE TABLE t\r\n(\r\n    id\r\n);\r\n"u8.ToArray()));
        using var bytes = new MemoryStream();
        made.Write(bytes);

        Assert.Equal("CREATE TABLE t\n(\n    id\n);\n", Assert.Single(MigrationScripts.In(Assembly.Load(bytes.ToArray()))).Value);
    }

    private static string Uses() => Environment.NewLine;

    private static IEnumerable<string> OfTheSystem(ModuleDefinition module) =>
        from type in module.GetAllTypes()
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        let called = instruction.Operand as MethodReference
        where called is { Name: "AppendLine" } || called is { Name: "get_NewLine", DeclaringType.Name: nameof(Environment) } || IsEmitterOfTheSystem(called)
        select $"{method.FullName}: {called.FullName}";

    // YamlDotNet's settings without line ends have the system's.
    private static bool IsEmitterOfTheSystem(MethodReference? called) =>
        called is { Name: ".ctor", DeclaringType.Name: "EmitterSettings" } && called.Parameters.All(static parameter => parameter.Name != "newLine" && parameter.ParameterType.FullName != "System.String");
}
