using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Journal.Torture.Injuring;

/// <summary>From where a worker process works: what it sees of others, whose it is, and what its clock says.</summary>
/// <param name="Name">In words.</param>
/// <param name="Command">What starts it there, before its own command.</param>
/// <param name="IsStranger">Whether it runs as <see cref="Nobody"/>.</param>
internal sealed record WorkerPlace(string Name, string[] Command, bool IsStranger = false)
{
    /// <summary>The user who is not the one who runs the torture.</summary>
    public const int Nobody = 65534;

    public static readonly WorkerPlace Here = new("here", []);

    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    private static readonly Lazy<DirectoryInfo> ClockFolder = new(static () => Directory.CreateTempSubdirectory("journal-torture-clock-"));
    private static readonly Lazy<WorkerPlace[]> Found = new(static () => [.. All().Where(static place => place.IsThere())]);

    /// <summary>The other places that this machine and this account have; none where they have none.</summary>
    public static IReadOnlyList<WorkerPlace> Others => Found.Value;

    /// <summary>Whether the process that is started is not the worker, but waits for it.</summary>
    public bool IsBehindAnother => Command.Contains("--fork");

    /// <summary>Sets the clocks of the place that has one of its own.</summary>
    public static void StepClock(TimeSpan error)
    {
        // In one step: a worker reads it at any moment.
        File.WriteAllText(ClockFile + ".new", string.Create(CultureInfo.InvariantCulture, $"{(long)error.TotalSeconds:+0;-0}\n"));
        File.Move(ClockFile + ".new", ClockFile, overwrite: true);
    }

    /// <summary>Removes what <see cref="StepClock"/> has made.</summary>
    public static void Clear()
    {
        if (ClockFolder.IsValueCreated && ClockFolder.Value.Exists) ClockFolder.Value.Delete(recursive: true);
    }

    private static string ClockFile => Path.Combine(ClockFolder.Value.FullName, "clock");

    private static IEnumerable<WorkerPlace> All()
    {
        if (!Native.IsRoot) yield break;
        yield return new("another user", AsNobody, IsStranger: true);
        yield return new("another user behind a hidden /proc", ["unshare", "--mount", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh", .. AsNobody], IsStranger: true);
        yield return new("a process namespace", ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        yield return new("a process namespace under this one's /proc", ["unshare", "--pid", "--fork", "--kill-child"]);
        yield return new("a time namespace", ["unshare", "--time", "--boottime", "100000", "--fork", "--kill-child"]);
        var library = $"/usr/lib/{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64")}-linux-gnu/faketime/libfaketime.so.1";
        if (!File.Exists(library)) yield break;
        StepClock(TimeSpan.Zero);
        yield return new("a clock that is stepped", ["env", $"LD_PRELOAD={library}", "DONT_FAKE_MONOTONIC=1", "FAKETIME_NO_CACHE=1", $"FAKETIME_TIMESTAMP_FILE={ClockFile}"]);
    }

    private bool IsThere()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Command[0], [.. Command[1..], "true"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
