using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace Journal.Commands.Running;

/// <summary>
/// A script block prepared to be run as the work of tasks. Its <c>$using:</c> variables are read once, in the caller's session, and handed over
/// as PowerShell itself does; its text stays as it is. So a <c>$using:</c> that a command inside the block resolves (ForEach-Object -Parallel,
/// Start-ThreadJob, a batch inside the batch) means the block's own variable, as anywhere else.
/// </summary>
internal sealed class ScriptWork
{
    private readonly ScriptBlockAst _ast;

    private ScriptWork(ScriptBlock original, Hashtable usings, IReadOnlyDictionary<string, object?> handedOn)
    {
        Original = original;
        _ast = (ScriptBlockAst)original.Ast;
        Usings = usings;
        HandedOn = handedOn;
    }

    /// <summary>The block as the user wrote it.</summary>
    public ScriptBlock Original { get; }

    /// <summary>The values of its <c>$using:</c> expressions, under the keys by which PowerShell looks them up.</summary>
    public Hashtable Usings { get; }

    /// <summary>Variables of the session that blocks inside the block refer to by <c>$using:</c>: a command that resolves them looks for them where it is called.</summary>
    public IReadOnlyDictionary<string, object?> HandedOn { get; }

    /// <summary>Whether the block has begin, process, end or other clauses by name. Such a block is run as a command, with the input piped to it.</summary>
    public bool HasClauses { get; private init; }

    /// <summary>How to call the block, given as <c>$args[0]</c>, where it cannot be invoked directly.</summary>
    public string Call => IsAdvanced || !HasClauses ? "& $args[0]" : ",$_ | & $args[0]";

    // A block with [CmdletBinding()] refuses input for which it has no parameter.
    private bool IsAdvanced => _ast.ParamBlock?.Attributes.Any(static attribute => attribute.TypeName.Name is "CmdletBinding" or "CmdletBindingAttribute") == true;

    /// <summary>Prepares a block.</summary>
    /// <param name="block">The user's.</param>
    /// <param name="session">The caller's session, where the variables are read.</param>
    /// <exception cref="JournalException">InvalidValue: a $using: variable does not exist in the session.</exception>
    public static ScriptWork Prepare(ScriptBlock block, SessionState session)
    {
        var usings = new Hashtable();
        var handedOn = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var expression in block.Ast.FindAll(static node => node is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            var name = NameOf(expression);
            var variable = session.PSVariable.Get(name);
            var isNested = IsNested(expression, block.Ast);
            if (variable is null)
            {
                // It may be a variable of the block, for a command inside it.
                if (isNested) continue;
                throw JournalErrors.InvalidValue("$using:" + name, name, $"the script block uses $using:{name}, but there is no variable ${name} where Invoke-JournalBatch is called.");
            }

            usings[KeyOf(expression)] = ValueOf(expression, variable.Value);
            if (isNested && !RunspaceSetup.IsDefaultVariable(name)) handedOn[name] = variable.Value;
        }

        var hasClauses = block.Ast.FindAll(static node => node is NamedBlockAst { Unnamed: false }, searchNestedScriptBlocks: false).Any();
        return new ScriptWork(block, usings, handedOn) { HasClauses = hasClauses };
    }

    /// <summary>A copy of the block that belongs to no session yet, from its text: it keeps its lines and, where it comes from a file, that file.</summary>
    public ScriptBlock ForRunspace()
    {
        var text = _ast.Extent.Text;
        // The braces of a literal block belong to its extent; what runs is what lies between them.
        var body = text.StartsWith('{') && text.EndsWith('}') ? text[1..^1] : text;
        var lead = new StringBuilder();
        // The namespaces of the user's script are those of the block.
        foreach (var statement in Root(_ast).UsingStatements.Where(statement => statement.UsingStatementKind is UsingStatementKind.Namespace && !ReferenceEquals(Root(_ast), _ast)))
        {
            lead.Append("using namespace ").Append(statement.Name!.Value).Append("; ");
        }

        lead.Append('\n', Math.Max(0, _ast.Extent.StartLineNumber - 1));
        return Parser.ParseInput(lead + body, _ast.Extent.File, out _, out var errors).GetScriptBlock() is var block && errors.Length == 0
            ? block
            : ScriptBlock.Create(lead + body);
    }

    private static ScriptBlockAst Root(Ast ast)
    {
        while (ast.Parent is not null) ast = ast.Parent;
        return (ScriptBlockAst)ast;
    }

    private static string NameOf(UsingExpressionAst expression)
    {
        var name = UsingExpressionAst.ExtractUsingVariable(expression).VariablePath.UserPath;
        return name.StartsWith("using:", StringComparison.OrdinalIgnoreCase) ? name["using:".Length..] : name;
    }

    private static bool IsNested(Ast node, Ast root)
    {
        for (var at = node.Parent; at is not null && !ReferenceEquals(at, root); at = at.Parent)
        {
            if (at is ScriptBlockAst) return true;
        }

        return false;
    }

    // As PowerShell and Start-ThreadJob do it: the text of the expression, of a mere variable in lower case, as UTF-16, as Base64.
    private static string KeyOf(UsingExpressionAst expression)
    {
        var text = expression.ToString();
        if (expression.SubExpression is VariableExpressionAst) text = text.ToLowerInvariant();
        return Convert.ToBase64String(Encoding.Unicode.GetBytes(text));
    }

    // $using:x.Y and $using:x[1] are one expression to PowerShell.
    private static object? ValueOf(UsingExpressionAst expression, object? variable)
    {
        if (expression.SubExpression is VariableExpressionAst) return variable;
        var path = UsingExpressionAst.ExtractUsingVariable(expression).Extent;
        var text = expression.Extent.Text;
        var start = path.StartOffset - expression.Extent.StartOffset;
        var rest = text[(start + path.Text.Length)..];
        return ScriptBlock.Create("$args[0]" + rest).InvokeWithContext(null, null, variable) is { Count: 1 } one ? one[0] : null;
    }
}

/// <summary>The work of a run: one script block, or one for each stage.</summary>
internal sealed class StageWorks
{
    private readonly ScriptWork? _single;
    private readonly Dictionary<string, ScriptWork> _byStage = new(StringComparer.OrdinalIgnoreCase);

    private StageWorks(ScriptWork? single) => _single = single;

    /// <summary>Stage names in order; empty where there is one block.</summary>
    public JsonList Stages { get; private set; } = JsonList.Empty;

    /// <summary>All blocks.</summary>
    public IEnumerable<ScriptWork> All => _single is null ? _byStage.Values : [_single];

    /// <summary>The work of a stage.</summary>
    public ScriptWork For(string? stage) => _single ?? _byStage[stage!];

    /// <summary>Whether there is a block for a stage.</summary>
    public bool Has(string stage) => _byStage.ContainsKey(stage);

    /// <summary>Reads what the user gave: a script block, or an ordered dictionary of script blocks by stage.</summary>
    /// <exception cref="JournalException">InvalidStages, InvalidValue.</exception>
    public static StageWorks Read(object process, SessionState session)
    {
        var value = process is PSObject wrapped ? wrapped.BaseObject : process;
        if (value is ScriptBlock block) return new StageWorks(ScriptWork.Prepare(block, session));
        if (value is not IDictionary stages) throw JournalErrors.InvalidValue("-Process", value, "give a script block, or an [ordered] hashtable of script blocks by stage.");
        if (stages is Hashtable && stages.Count > 1) throw JournalErrors.InvalidStages("a plain hashtable has no order; write [ordered]@{ … }.", value);
        if (stages.Count == 0) throw JournalErrors.InvalidStages("there are none.", value);
        var works = new StageWorks(null);
        var names = new List<string>();
        foreach (DictionaryEntry entry in stages)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (string.IsNullOrWhiteSpace(name)) throw JournalErrors.InvalidStages("a stage has no name.", value);
            var content = entry.Value is PSObject item ? item.BaseObject : entry.Value;
            if (content is not ScriptBlock work) throw JournalErrors.InvalidStages($"stage '{name}' is not a script block.", name);
            if (!works._byStage.TryAdd(name, ScriptWork.Prepare(work, session))) throw JournalErrors.InvalidStages($"'{name}' comes twice.", name);
            names.Add(name);
        }

        works.Stages = JsonList.From(names);
        return works;
    }
}
