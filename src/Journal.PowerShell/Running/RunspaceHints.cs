using System.Management.Automation;
using System.Management.Automation.Language;

namespace Journal.Commands.Running;

/// <summary>What a script block refers to that the caller's session has and a runspace of its own has not: told before a parallel run begins, with the way out.</summary>
internal static class RunspaceHints
{
    /// <summary>The hints, each once.</summary>
    /// <param name="works">The blocks.</param>
    /// <param name="session">The caller's.</param>
    /// <param name="functionNames">Functions that are carried over.</param>
    /// <param name="modules">Modules that are loaded there.</param>
    public static IEnumerable<string> Of(IEnumerable<ScriptWork> works, SessionState session, IReadOnlyList<string> functionNames, IReadOnlyList<string> modules)
    {
        var hints = new List<string>();
        foreach (var ast in works.Select(static work => work.Original.Ast))
        {
            hints.AddRange(Variables(ast, session));
            hints.AddRange(ScriptPlace(ast, session));
            hints.AddRange(Types(ast));
            hints.AddRange(UsedModules(ast, modules));
        }

        // What the block calls, and what the functions call that it calls: all of it is told at once.
        var read = new HashSet<Ast>();
        var toRead = new Queue<(string Who, Ast Ast)>(works.Select(static work => ("script block", (Ast)work.Original.Ast)));
        foreach (var function in functionNames.Select(name => FunctionOf(session, name)).OfType<FunctionInfo>()) toRead.Enqueue(NamedOf(function));
        while (toRead.TryDequeue(out var next))
        {
            if (read.Add(next.Ast)) hints.AddRange(Commands(next.Who, next.Ast, session, functionNames, modules, function => toRead.Enqueue(NamedOf(function))));
        }

        return hints.Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private static FunctionInfo? FunctionOf(SessionState session, string name) => session.InvokeCommand.GetCommand(name, CommandTypes.Function | CommandTypes.Filter) as FunctionInfo;

    private static (string Who, Ast Ast) NamedOf(FunctionInfo function) => ($"function '{function.Name}'", function.ScriptBlock.Ast);

    // Variables that the block reads, never sets, and gets neither by $using: nor from PowerShell.
    private static IEnumerable<string> Variables(Ast ast, SessionState session)
    {
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
        return Read(ast)
            .Where(name => !set.Contains(name) && !RunspaceSetup.IsDefaultVariable(name) && session.PSVariable.GetValue(name) is not null)
            .Select(static name => $"The script block reads ${name}, which is not there in the runspaces of a parallel run. To hand over the value of this session, write $using:{name}.");
    }

    // They are those of the script that has the block, as in the caller's session; a function that is carried over has lost the file it came from.
    private static IEnumerable<string> ScriptPlace(Ast ast, SessionState session) =>
        Read(ast).Where(static name => name.Equals("PSScriptRoot", StringComparison.OrdinalIgnoreCase) || name.Equals("PSCommandPath", StringComparison.OrdinalIgnoreCase))
            .Select(name => ast.Extent.File is { Length: > 0 } file
                ? $"The script block reads ${name}: in the runspaces of a parallel run it stands for the calling script, '{file}'; in functions given to -FunctionName it is empty."
                : $"The script block reads ${name}, which is empty: the block comes from no script file.");

    private static IEnumerable<string> Commands(
        string who, Ast ast, SessionState session, IReadOnlyList<string> functionNames, IReadOnlyList<string> modules, Action<FunctionInfo> foundFunction)
    {
        // What it loads itself is there, and only running it tells what that is.
        if (LoadsCommands(ast)) yield break;
        var own = ast.FindAll(static node => node is FunctionDefinitionAst, searchNestedScriptBlocks: true).Cast<FunctionDefinitionAst>().Select(static function => function.Name)
            .Concat(functionNames).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in ast.FindAll(static node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>().Select(static command => command.GetCommandName()))
        {
            if (name is null || own.Contains(name) || RunspaceSetup.IsDefaultCommand(name)) continue;
            // What PowerShell would load by itself is loaded there, too.
            switch (session.InvokeCommand.GetCommand(name, CommandTypes.Alias | CommandTypes.Function | CommandTypes.Filter | CommandTypes.Cmdlet))
            {
                case AliasInfo alias when alias.Module is null:
                    yield return $"The {who} uses '{name}', an alias of this session, which is not there in the runspaces of a parallel run. Write the command that it stands for: {alias.Definition}.";
                    break;
                case FunctionInfo { Module: null } function:
                    foundFunction(function);
                    yield return $"The {who} calls '{name}', a function of this session, which is not there in the runspaces of a parallel run. To carry it over, add -FunctionName {name}.";
                    break;
                case { Module: { } module } when !IsLoaded(module, modules) && !IsOnModulePath(module):
                    yield return $"The {who} calls '{name}' of the module '{module.Name}', which is not loaded into the runspaces of a parallel run. To load it, add -ImportModule '{module.Path}'.";
                    break;
            }
        }
    }

    // By dot-sourcing a file, or by Import-Module.
    private static bool LoadsCommands(Ast ast) => ast.Find(
        static node => node is CommandAst command
            && ((command.InvocationOperator is TokenKind.Dot && command.CommandElements[0] is not ScriptBlockExpressionAst) || command.GetCommandName()?.ToUpperInvariant() is "IMPORT-MODULE" or "IPMO"),
        searchNestedScriptBlocks: true) is not null;

    // A class of a script exists in the session that ran the script.
    private static IEnumerable<string> Types(Ast ast) =>
        ast.FindAll(static node => node is TypeExpressionAst or TypeConstraintAst, searchNestedScriptBlocks: true)
            .Select(static node => node is TypeExpressionAst expression ? expression.TypeName : ((TypeConstraintAst)node).TypeName)
            .Where(static name => name.GetReflectionType() is { Assembly.IsDynamic: true })
            .Select(static name => $"The script block uses [{name.FullName}], a class of this session, which is not there in the runspaces of a parallel run. Put what needs it into functions of a module, and add -ImportModule with that module.");

    private static IEnumerable<string> UsedModules(Ast ast, IReadOnlyList<string> modules)
    {
        var root = ast;
        while (root.Parent is not null) root = root.Parent;
        return ((ScriptBlockAst)root).UsingStatements
            .Where(statement => statement.UsingStatementKind is UsingStatementKind.Module && !ReferenceEquals(root, ast))
            .Select(static statement => statement.Name?.Value ?? statement.ModuleSpecification?.Extent.Text ?? "")
            .Where(name => !modules.Any(module => Path.GetFileNameWithoutExtension(module).Equals(Path.GetFileNameWithoutExtension(name), StringComparison.OrdinalIgnoreCase)))
            .Select(static name => $"The script has 'using module {name}', which the runspaces of a parallel run do not load. For the commands of that module, add -ImportModule {name}; its classes are there for its own functions only.");
    }

    private static IEnumerable<string> Read(Ast ast) =>
        ast.FindAll(static node => node is VariableExpressionAst, searchNestedScriptBlocks: true).Cast<VariableExpressionAst>()
            .Where(static variable => !IsUsing(variable) && variable.VariablePath.IsUnqualified)
            .Select(static variable => variable.VariablePath.UserPath)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    private static bool IsUsing(Ast? node) => node is not null && (node is UsingExpressionAst || IsUsing(node.Parent));

    private static bool IsLoaded(PSModuleInfo module, IReadOnlyList<string> modules) =>
        module.Name.Equals("Journal", StringComparison.OrdinalIgnoreCase) || module.Name.StartsWith("Microsoft.PowerShell.", StringComparison.OrdinalIgnoreCase)
        || modules.Any(name => Path.GetFileNameWithoutExtension(name).Equals(module.Name, StringComparison.OrdinalIgnoreCase));

    private static bool IsOnModulePath(PSModuleInfo module) =>
        (Environment.GetEnvironmentVariable("PSModulePath") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => module.Path?.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase) == true);
}
