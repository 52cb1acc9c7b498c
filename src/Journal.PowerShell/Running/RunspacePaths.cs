using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Journal.Commands.Running;

/// <summary>Paths as the runspace of the calling thread means them.</summary>
internal static class RunspacePaths
{
    private const string Script = """
        param($path)
        $provider = $drive = $null
        $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path, [ref] $provider, [ref] $drive)
        $provider.Name
        """;

    /// <summary>The full path of a file: from the runspace's own location, with its drives and ~.</summary>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public static string Resolve(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) throw Error(path, "it holds a NUL character.");
        try
        {
            var found = ScriptBlock.Create(Script).Invoke(path);
            var (full, provider) = ((string)found[0].BaseObject, (string)found[1].BaseObject);
            return provider == "FileSystem" ? full : throw Error(path, $"it is a path of the provider {provider}, not of a file.");
        }
        catch (Exception e) when (e is (RuntimeException and not PipelineStoppedException) or ArgumentException or NotSupportedException)
        {
            throw Error(path, (e as MethodInvocationException)?.InnerException?.Message ?? e.Message);
        }
    }

    /// <summary>The error of a path that means no file.</summary>
    public static JournalException Error(string path, string detail) => JournalErrors.InvalidValue("A path", path, detail);

    /// <summary>How paths that blocks name are resolved: where a block of another runspace went by Set-Location is that runspace's own.</summary>
    /// <param name="asJob">Whether the run is a job; threads of it that are no runspace's name full paths.</param>
    /// <param name="ofCaller">How the caller's session does it.</param>
    public static Func<string, string> Resolver(bool asJob, Func<string, string> ofCaller)
    {
        if (asJob) return static path => Runspace.DefaultRunspace is null ? Path.GetFullPath(path) : Resolve(path);
        var caller = Runspace.DefaultRunspace;
        return path => Runspace.DefaultRunspace is { } here && here != caller ? Resolve(path) : ofCaller(path);
    }
}
