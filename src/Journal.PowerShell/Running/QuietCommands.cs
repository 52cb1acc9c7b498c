using System.Management.Automation;
using System.Management.Automation.Language;

namespace Journal.Commands.Running;

/// <summary>Tells of a block, from its text, whether it can write to the warning, information and verbose streams: listening to them takes time.</summary>
internal static class QuietCommands
{
    // Everyday cmdlets that write to none of them unless -Verbose is on. Where one is missing, the block is listened to for nothing.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Add-Content", "Clear-Content", "Compare-Object", "Convert-Path", "ConvertFrom-Csv", "ConvertFrom-Json", "ConvertFrom-StringData", "ConvertTo-Csv",
        "Copy-Item", "Export-Csv", "ForEach-Object", "Get-ChildItem", "Get-Content", "Get-Culture", "Get-Date", "Get-FileHash", "Get-Item", "Get-ItemProperty",
        "Get-Location", "Get-Member", "Get-PSDrive", "Get-Process", "Get-Random", "Get-Unique", "Get-Variable", "Group-Object", "Import-Csv", "Join-Path",
        "Join-String", "Measure-Object", "Move-Item", "New-Guid", "New-Item", "New-Object", "New-TimeSpan", "Out-Null", "Out-String", "Pop-Location",
        "Push-Location", "Remove-Item", "Rename-Item", "Resolve-Path", "Select-Object", "Select-String", "Set-Content", "Set-Location", "Set-Variable",
        "Sort-Object", "Split-Path", "Start-Sleep", "Test-Path", "Where-Object", "Write-Error", "Write-JournalError", "Write-Output", "Write-Progress",
    };

    // What they run can be in a variable, where its text is not seen.
    private static readonly HashSet<string> Runners = new(StringComparer.OrdinalIgnoreCase) { "ForEach-Object", "Where-Object" };

    /// <summary>Whether a block can write to one of the streams.</summary>
    /// <param name="block">The block.</param>
    /// <param name="session">Where its commands are looked up.</param>
    public static bool MaySpeak(ScriptBlock block, SessionState session)
    {
        var isVerbose = !LanguagePrimitives.TryConvertTo<ActionPreference>(session.PSVariable.GetValue("VerbosePreference"), out var preference)
            || preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
        return block.Ast.FindAll(static node => node is CommandAst or CommandParameterAst or VariableExpressionAst, searchNestedScriptBlocks: true).Any(node => node switch
        {
            CommandParameterAst parameter => parameter.ParameterName.StartsWith("Verb", StringComparison.OrdinalIgnoreCase) || parameter.ParameterName.Equals("vb", StringComparison.OrdinalIgnoreCase),
            VariableExpressionAst variable => variable.VariablePath.UserPath is var path && (path.EndsWith("VerbosePreference", StringComparison.OrdinalIgnoreCase) || path.Equals("PSCmdlet", StringComparison.OrdinalIgnoreCase)),
            CommandAst { CommandElements: [ScriptBlockExpressionAst, ..] } => false,
            CommandAst command => isVerbose || !IsQuiet(command, session),
            _ => false,
        });
    }

    private static bool IsQuiet(CommandAst command, SessionState session)
    {
        if (command.GetCommandName() is not { } given) return false;
        var found = session.InvokeCommand.GetCommand(given, CommandTypes.Alias | CommandTypes.Function | CommandTypes.Cmdlet);
        var name = (found is AliasInfo alias ? alias.ResolvedCommand : found) is CmdletInfo cmdlet ? cmdlet.Name : null;
        return name is not null && Names.Contains(name) && !(Runners.Contains(name) && command.CommandElements.Any(static element => element is VariableExpressionAst));
    }
}
