using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Running;

/// <summary>The preferences of a session that a task must find as they were: the caller's are carried into runspaces, and each task's changes are put back.</summary>
internal sealed class SessionPreferences
{
    /// <summary>What is carried: about_Preference_Variables, without those of the console, of the history and of remote sessions. Work runs with Stop and with failing programs as errors, whatever the caller has.</summary>
    private static readonly string[] Names =
    [
        "ConfirmPreference", "DebugPreference", "ErrorActionPreference", "ErrorView", "FormatEnumerationLimit", "InformationPreference", "OFS", "OutputEncoding",
        "ProgressPreference", "PSDefaultParameterValues", "PSEmailServer", "PSModuleAutoLoadingPreference", "PSNativeCommandArgumentPassing",
        "PSNativeCommandUseErrorActionPreference", "PSSessionOption", "VerbosePreference", "WarningPreference", "WhatIfPreference",
    ];

    // Finds out by trying, since PowerShell shows the mode nowhere.
    private const string StrictProbe =
        """
        $JournalStrict = 0
        try { $null = $JournalNeverSet } catch { $JournalStrict = 1 }
        try { $null = 'x'.JournalNeverThere } catch { $JournalStrict = 2 }
        try { $null = @(1)[7] } catch { $JournalStrict = 3 }
        $JournalStrict
        """;

    private readonly SessionState _session;
    // PowerShell sets $PWD to a new value at each change of place. Asking for the place itself builds it anew each time.
    private readonly PSVariable? _place;
    private readonly List<(PSVariable Variable, object? Value)> _values = [];
    private readonly Hashtable? _defaults;
    private readonly Dictionary<object, object?> _defaultValues = [];

    /// <summary>Remembers what a session has now.</summary>
    public SessionPreferences(SessionState session)
    {
        _session = session;
        _place = session.PSVariable.Get("global:PWD");
        foreach (var name in Names)
        {
            if (session.PSVariable.Get("global:" + name) is { } variable) _values.Add((variable, variable.Value));
        }

        _defaults = session.PSVariable.GetValue("global:PSDefaultParameterValues") as Hashtable;
        if (_defaults is null) return;
        foreach (DictionaryEntry entry in _defaults) _defaultValues[entry.Key] = entry.Value;
    }

    /// <summary>Where the session is.</summary>
    public PathInfo Location => _place?.Value as PathInfo ?? _session.Path.CurrentLocation;

    /// <summary>The values that the caller's session has, by name; a table of default parameter values as a copy.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Of(SessionState session)
    {
        foreach (var name in Names)
        {
            if (name is "ErrorActionPreference" or "PSNativeCommandUseErrorActionPreference" || session.PSVariable.Get(name) is not { } variable) continue;
            yield return new(name, variable.Value is Hashtable table ? new DefaultParameterDictionary(table) : variable.Value);
        }
    }

    /// <summary>The strict mode of the caller, 0 to 3. On the pipeline's thread.</summary>
    public static int StrictModeOf(SessionState session)
    {
        var errors = session.PSVariable.GetValue("global:Error") as ArrayList;
        var before = errors?.Cast<object>().ToArray();
        var mode = ScriptBlock.Create(StrictProbe).Invoke() is [.., { BaseObject: int found }] ? found : 0;
        if (mode > 0 && errors is not null)
        {
            // What was provoked is nobody's error.
            errors.Clear();
            errors.AddRange(before!);
        }

        return mode;
    }

    /// <summary>Puts the preferences back that something has changed.</summary>
    public void Restore()
    {
        foreach (var (variable, value) in _values)
        {
            if (!ReferenceEquals(variable.Value, value) && !Equals(variable.Value, value)) variable.Value = value;
        }

        if (_defaults is null || HoldsDefaults()) return;
        _defaults.Clear();
        foreach (var (key, value) in _defaultValues) _defaults[key] = value;
    }

    /// <summary>Goes back to a place that the session was in.</summary>
    public void Return(PathInfo location)
    {
        if (ReferenceEquals(_place?.Value, location) || _session.Path.CurrentLocation.Path == location.Path) return;
        _session.Path.SetLocation(WildcardPattern.Escape(location.Path));
    }

    private bool HoldsDefaults()
    {
        if (_defaults!.Count != _defaultValues.Count) return false;
        foreach (var (key, value) in _defaultValues)
        {
            if (!_defaults.ContainsKey(key) || !ReferenceEquals(_defaults[key], value)) return false;
        }

        return true;
    }
}
