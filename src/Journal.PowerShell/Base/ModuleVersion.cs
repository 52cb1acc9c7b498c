using System.Management.Automation;

namespace Journal.Commands.Base;

/// <summary>Whether the code that runs is that of the module that was imported.</summary>
internal static class ModuleVersion
{
    private static readonly Version Loaded = typeof(ModuleVersion).Assembly.GetName().Version!;

    /// <summary>Refuses to work under the manifest of another version, whose views and scripts expect other code.</summary>
    /// <param name="module">The module of the cmdlet; null, or without a version, where the assembly was imported by itself.</param>
    /// <exception cref="JournalException">RestartRequired.</exception>
    public static void Verify(PSModuleInfo? module)
    {
        if (module?.Version is not { } installed || installed is { Major: 0, Minor: 0 }) return;
        if ((installed.Major, installed.Minor, Math.Max(installed.Build, 0)) == (Loaded.Major, Loaded.Minor, Loaded.Build)) return;
        throw JournalErrors.RestartRequired(module.Name, Loaded.ToString(3), installed.ToString());
    }
}
