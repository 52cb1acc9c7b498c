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

    private static readonly Lazy<HashSet<string>> DefaultCommands = new(static () =>
        InitialSessionState.CreateDefault2().Commands.Select(static entry => entry.Name).ToHashSet(StringComparer.OrdinalIgnoreCase));

    private readonly string _modulePath;
    private readonly IReadOnlyList<string> _modules;
    private readonly IReadOnlyList<SessionStateFunctionEntry> _functions;
    private readonly IReadOnlyList<KeyValuePair<string, object?>> _preferences;
    private readonly IReadOnlyDictionary<string, object?> _variables;
    private readonly IReadOnlyList<PSDriveInfo> _drives;
    private readonly PSLanguageMode _languageMode;
    private readonly int _strictMode;
    private readonly string _fileLocation;
    private readonly string _location;

    /// <summary>A setup as the caller's session and parameters say.</summary>
    /// <param name="session">The caller's session.</param>
    /// <param name="modulePath">This module.</param>
    /// <param name="modules">More modules, by name or path.</param>
    /// <param name="functionNames">Functions of the caller's session.</param>
    /// <param name="variables">Variables that blocks hand on.</param>
    /// <exception cref="JournalException">InvalidValue: there is no such function.</exception>
    public RunspaceSetup(
        SessionState session, string modulePath, IReadOnlyList<string> modules, IReadOnlyList<string> functionNames, IReadOnlyDictionary<string, object?> variables)
    {
        _modulePath = modulePath;
        _modules = modules;
        _variables = variables;
        _languageMode = session.LanguageMode;
        _fileLocation = session.Path.CurrentFileSystemLocation.Path;
        _location = session.Path.CurrentLocation.Path;
        _drives = session.Drive.GetAll().ToList();
        _preferences = SessionPreferences.Of(session).ToList();
        _strictMode = SessionPreferences.StrictModeOf(session);
        _functions = functionNames.Select(name => Copy(session, name)).ToList();
    }

    /// <summary>Whether a variable is there in every runspace.</summary>
    public static bool IsDefaultVariable(string name) => DefaultVariables.Value.Contains(name);

    /// <summary>Whether a command is there in every runspace, without a module to load.</summary>
    public static bool IsDefaultCommand(string name) => DefaultCommands.Value.Contains(name);

    /// <summary>A runspace that is open and ready.</summary>
    public Runspace Open()
    {
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = _languageMode;
        state.ImportPSModule(new[] { _modulePath }.Concat(_modules).ToArray());
        foreach (var function in _functions) state.Commands.Add(function);
        foreach (var (name, value) in _preferences) state.Variables.Add(new SessionStateVariableEntry(name, Own(value), null));
        foreach (var (name, value) in _variables) state.Variables.Add(new SessionStateVariableEntry(name, value, null));
        state.Variables.Add(new SessionStateVariableEntry("ErrorActionPreference", ActionPreference.Stop, null));
        state.Variables.Add(new SessionStateVariableEntry("PSNativeCommandUseErrorActionPreference", true, null));
        var runspace = RunspaceFactory.CreateRunspace(state);
        // One thread for all attempts of the runspace; not the caller of it, who has to be able to walk away from a block that does not stop.
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        runspace.Name = "Journal worker";
        try
        {
            runspace.Open();
            EnterLocation(runspace.SessionStateProxy);
            if (_strictMode > 0) SetStrictMode(runspace);
        }
        catch
        {
            runspace.Dispose();
            throw;
        }

        return runspace;
    }

    // Each runspace its own: one task must not change the table of another that runs beside it.
    private static object? Own(object? value) => value is DefaultParameterDictionary table ? new DefaultParameterDictionary(table) : value;

    // Drives of the session, and whatever provider the caller is at. What a runspace cannot have (a provider of a module that is not loaded there)
    // leaves it at the caller's place in the file system.
    private void EnterLocation(SessionStateProxy session)
    {
        foreach (var drive in _drives)
        {
            if (session.Drive.GetAll().Any(existing => string.Equals(existing.Name, drive.Name, StringComparison.OrdinalIgnoreCase))) continue;
            try
            {
                session.Drive.New(new PSDriveInfo(drive.Name, session.Provider.GetOne(drive.Provider.ToString()), drive.Root, drive.Description, drive.Credential, drive.DisplayRoot), "global");
            }
            catch (Exception e) when (e is RuntimeException or NotSupportedException or ArgumentException or IOException)
            {
                // Whoever needs the drive is told when it is not found.
            }
        }

        session.Path.SetLocation(WildcardPattern.Escape(_fileLocation));
        if (_location == _fileLocation) return;
        try
        {
            session.Path.SetLocation(WildcardPattern.Escape(_location));
        }
        catch (Exception e) when (e is RuntimeException or NotSupportedException)
        {
            // See above.
        }
    }

    private void SetStrictMode(Runspace runspace)
    {
        using var shell = System.Management.Automation.PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript("Set-StrictMode -Version " + _strictMode + ".0", useLocalScope: false).Invoke();
    }

    private static SessionStateFunctionEntry Copy(SessionState session, string name) =>
        session.InvokeCommand.GetCommand(name, CommandTypes.Function | CommandTypes.Filter) is FunctionInfo function
            ? new SessionStateFunctionEntry(function.Name, function.Definition)
            : throw JournalErrors.InvalidValue("-FunctionName", name, $"there is no function '{name}' where Invoke-JournalBatch is called.");
}
