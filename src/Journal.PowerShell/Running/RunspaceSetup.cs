using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Journal.Commands.Running;

/// <summary>What the runspaces of a parallel run start with: this module, the caller's location and language mode, and what the user asks for.</summary>
internal sealed class RunspaceSetup
{
    private static readonly Lazy<HashSet<string>> DefaultVariables = new(static () =>
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "_", "PSItem", "JournalTask", "args", "input", "this", "null", "true", "false", "error", "Matches", "LASTEXITCODE", "PSCmdlet", "PSBoundParameters",
            "PSScriptRoot", "PSCommandPath", "MyInvocation", "StackTrace", "foreach", "switch", "?", "$", "^", "Host", "PID", "PWD", "HOME", "PSHOME", "ExecutionContext",
            "PSVersionTable", "PSEdition", "IsLinux", "IsMacOS", "IsWindows", "IsCoreCLR", "EnabledExperimentalFeatures", "ShellId", "NestedPromptLevel", "PSCulture", "PSUICulture",
        };
        foreach (var entry in InitialSessionState.CreateDefault2().Variables) names.Add(entry.Name);
        return names;
    });

    private readonly string _modulePath;
    private readonly IReadOnlyList<string> _modules;
    private readonly IReadOnlyList<SessionStateFunctionEntry> _functions;
    private readonly PSLanguageMode _languageMode;
    private readonly string _location;

    /// <summary>A setup as the caller's session and parameters say.</summary>
    /// <param name="session">The caller's session.</param>
    /// <param name="modulePath">This module.</param>
    /// <param name="modules">More modules, by name or path.</param>
    /// <param name="functionNames">Functions of the caller's session.</param>
    /// <exception cref="JournalException">InvalidValue: there is no such function.</exception>
    public RunspaceSetup(SessionState session, string modulePath, IReadOnlyList<string> modules, IReadOnlyList<string> functionNames)
    {
        _modulePath = modulePath;
        _modules = modules;
        _languageMode = session.LanguageMode;
        _location = session.Path.CurrentFileSystemLocation.Path;
        _functions = functionNames.Select(name => Copy(session, name)).ToList();
    }

    /// <summary>Whether a variable is there in every runspace.</summary>
    public static bool IsDefaultVariable(string name) => DefaultVariables.Value.Contains(name);

    /// <summary>A runspace that is open and ready.</summary>
    public Runspace Open()
    {
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = _languageMode;
        state.ImportPSModule(new[] { _modulePath }.Concat(_modules).ToArray());
        foreach (var function in _functions) state.Commands.Add(function);
        state.Variables.Add(new SessionStateVariableEntry("ErrorActionPreference", ActionPreference.Stop, null));
        state.Variables.Add(new SessionStateVariableEntry("PSNativeCommandUseErrorActionPreference", true, null));
        var runspace = RunspaceFactory.CreateRunspace(state);
        // One thread for all attempts of the runspace; not the caller of it, who has to be able to walk away from a block that does not stop.
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        runspace.Name = "Journal worker";
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_location));
        return runspace;
    }

    private static SessionStateFunctionEntry Copy(SessionState session, string name) =>
        session.InvokeCommand.GetCommand(name, CommandTypes.Function | CommandTypes.Filter) is FunctionInfo function
            ? new SessionStateFunctionEntry(function.Name, function.Definition)
            : throw JournalErrors.InvalidValue("-FunctionName", name, $"there is no function '{name}' where Invoke-JournalBatch is called.");
}
