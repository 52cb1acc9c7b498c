using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Journal.Tests.House;

/// <summary>Messages are said as people say them.</summary>
public sealed class WordsTests
{
    [Theory]
    [MemberData(nameof(NamespaceTests.Product), MemberType = typeof(NamespaceTests))]
    public void No_text_leaves_it_to_the_reader_whether_there_is_one_or_several(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(NamespaceTests.PathOf(assembly));
        Assert.Equal([], OpenPlurals(module));
    }

    [Fact]
    public void A_text_that_does_is_seen()
    {
        using var module = ModuleDefinition.ReadModule(typeof(WordsTests).Assembly.Location);
        Assert.Contains(OpenPlurals(module), static text => text.EndsWith(" task(s)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "task", "0 tasks")]
    [InlineData(1, "task", "1 task")]
    [InlineData(2, "batch", "2 batches")]
    [InlineData(1234567, "failed task", "1234567 failed tasks")]
    public void Amounts_are_words(long count, string thing, string text) => Assert.Equal(text, Amount.Of(count, thing));

    private static string Leaves(int count) => $"{count} task(s)";

    private static IEnumerable<string> OpenPlurals(ModuleDefinition module) =>
        from type in module.GetAllTypes()
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        where instruction.OpCode == OpCodes.Ldstr
        let text = (string)instruction.Operand
        where text.Contains("(s)", StringComparison.Ordinal) || text.Contains("(es)", StringComparison.Ordinal)
        select $"{method.Name}: {text}";
}
