using System.Management.Automation;
using System.Management.Automation.Language;

namespace Journal.Commands.Running;

/// <summary>
/// A script block prepared to be run as the work of tasks: its <c>$using:</c> variables are read once, in the caller's session, and the text
/// refers to them in a way that works in the caller's session and in any other runspace alike.
/// </summary>
internal sealed class ScriptWork
{
    // A letter that looks like a colon. Replacing the colon of $using:x by it makes an ordinary variable of the same length, so that line and
    // column of every error stay those of the user's script.
    private const char ColonLetter = '\u02D0';

    private ScriptWork(ScriptBlock original, string text, IReadOnlyDictionary<string, object?> usings)
    {
        Original = original;
        Text = text;
        Usings = usings;
    }

    /// <summary>The block as the user wrote it.</summary>
    public ScriptBlock Original { get; }

    /// <summary>The text to run, on the same lines as in the user's script.</summary>
    public string Text { get; }

    /// <summary>The values of its <c>$using:</c> variables, by the names under which <see cref="Text"/> refers to them.</summary>
    public IReadOnlyDictionary<string, object?> Usings { get; }

    /// <summary>The block to run in the caller's session: the user's own where it has no <c>$using:</c>, so that it keeps its module and its file.</summary>
    public ScriptBlock ForCaller => Usings.Count == 0 ? Original : _forCaller ??= ScriptBlock.Create(Text);

    private ScriptBlock? _forCaller;

    /// <summary>Prepares a block.</summary>
    /// <param name="block">The user's.</param>
    /// <param name="session">The caller's session, where the variables are read.</param>
    /// <exception cref="JournalException">InvalidValue: a $using: variable does not exist in the session.</exception>
    public static ScriptWork Prepare(ScriptBlock block, SessionState session)
    {
        var ast = (ScriptBlockAst)block.Ast;
        var text = ast.Extent.Text;
        var offset = ast.Extent.StartOffset;
        // The braces of a literal block belong to its extent; what runs is what lies between them.
        var body = text.StartsWith('{') && text.EndsWith('}') ? text[1..^1] : text;
        if (body.Length != text.Length) offset++;
        var characters = body.ToCharArray();
        var usings = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var expression in ast.FindAll(static node => node is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            var variable = UsingExpressionAst.ExtractUsingVariable(expression);
            var name = variable.VariablePath.UserPath;
            name = name.StartsWith("using:", StringComparison.OrdinalIgnoreCase) ? name["using:".Length..] : name;
            var value = session.PSVariable.Get(name)
                ?? throw JournalErrors.InvalidValue("$using:" + name, name, $"the script block uses $using:{name}, but there is no variable ${name} where Invoke-JournalBatch is called.");
            usings["using" + ColonLetter + name] = value.Value;
            var colon = variable.Extent.Text.IndexOf(':', StringComparison.Ordinal);
            characters[variable.Extent.StartOffset - offset + colon] = ColonLetter;
        }

        var lead = new string('\n', Math.Max(0, ast.Extent.StartLineNumber - 1));
        var rebuilt = new string(characters);
        // PowerShell calls a block of several clauses only by '&'.
        if (ast.FindAll(static node => node is NamedBlockAst, searchNestedScriptBlocks: false).Count() > 1) rebuilt = "& {" + rebuilt + "\n}";
        return new ScriptWork(block, lead + rebuilt, usings);
    }

    /// <summary>Variables that the block reads, never sets, and gets neither by <c>$using:</c> nor from PowerShell, though the caller's session has them: in a runspace of its own they are empty.</summary>
    public IReadOnlyList<string> MissingInRunspace(SessionState session)
    {
        var ast = Original.Ast;
        var variables = ast.FindAll(static node => node is VariableExpressionAst, searchNestedScriptBlocks: true).Cast<VariableExpressionAst>().ToList();
        var set = ast.FindAll(static node => node is AssignmentStatementAst or ForEachStatementAst or ParameterAst, searchNestedScriptBlocks: true)
            .SelectMany(static node => node switch
            {
                AssignmentStatementAst assignment => assignment.Left.FindAll(static inner => inner is VariableExpressionAst, false).Cast<VariableExpressionAst>(),
                ForEachStatementAst loop => [loop.Variable],
                ParameterAst parameter => [parameter.Name],
                _ => [],
            })
            .Select(static variable => variable.VariablePath.UserPath)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return variables
            .Where(static variable => !IsUsing(variable) && variable.VariablePath.IsUnqualified)
            .Select(static variable => variable.VariablePath.UserPath)
            .Where(name => !set.Contains(name) && !RunspaceSetup.IsDefaultVariable(name))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name => session.PSVariable.GetValue(name) is not null)
            .ToList();
    }

    private static bool IsUsing(Ast? node) => node is not null && (node is UsingExpressionAst || IsUsing(node.Parent));
}
