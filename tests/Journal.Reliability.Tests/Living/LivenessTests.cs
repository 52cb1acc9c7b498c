using System.Diagnostics;
using Journal.Torture.Working;
using Journal.Workers;

namespace Journal.Reliability.Tests.Living;

/// <summary>A worker that lives is never taken for dead, from wherever it is looked at: its tasks would be done twice.</summary>
public sealed class LivenessTests
{
    // Each is a way to start a process that may not see this one as it is. {0}: the process that looks.
    [Theory]
    [InlineData("another user", "setpriv --reuid=65534 --regid=65534 --clear-groups {0}", "Alive")]
    [InlineData("another user to whom /proc shows nobody else", "unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups {0}'", "Unknown")]
    [InlineData("another process namespace", "unshare --pid --fork --mount-proc {0}", "Unknown")]
    [InlineData("another process namespace under this one's /proc", "unshare --pid --fork {0}", "Unknown")]
    [InlineData("another time namespace", "unshare --time --boottime 100000 --fork {0}", "Unknown")]
    [InlineData("the same place", "{0}", "Alive")]
    public void A_living_worker_is_not_dead_to(string who, string wrapper, string expected)
    {
        if (Ask(wrapper, LivenessProbe.Ask(ProcessTable.Instance.NewWorker())) is not { } said) return;
        Assert.True(said == expected, $"To {who} it is {said}.");
    }

    [Theory]
    [InlineData("unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups {0}'")]
    [InlineData("{0}")]
    public void A_dead_worker_is_dead_to_another_user_too(string wrapper)
    {
        using var process = Process.Start(new ProcessStartInfo("true"))!;
        process.WaitForExit();
        if (Ask(wrapper, LivenessProbe.Ask(ProcessTable.Instance.NewWorker() with { ProcessId = process.Id, ProcessStart = "1" })) is { } said) Assert.Equal("Dead", said);
    }

    // Null where this machine or this account has no such thing.
    private static string? Ask(string wrapper, string[] question)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var looker = string.Join(' ', new[] { "dotnet", "exec", typeof(LivenessProbe).Assembly.Location }.Concat(question.Select(static part => part.Length == 0 ? "''" : part)));
        if (wrapper != "{0}" && Say(string.Format(System.Globalization.CultureInfo.InvariantCulture, wrapper, "true")).Code != 0) return null;
        var (code, said) = Say(string.Format(System.Globalization.CultureInfo.InvariantCulture, wrapper, looker));
        Assert.Equal(0, code);
        return said;
    }

    private static (int Code, string Said) Say(string line)
    {
        var start = new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
