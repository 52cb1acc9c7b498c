using System.Diagnostics;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Migration;

/// <summary>A process that migrates a journal, to be killed.</summary>
internal sealed class MigratingProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Stopwatch _clock;

    private MigratingProcess(string verb, string location)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(MigrationWorker).Assembly.Location, verb, location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        Assert.Equal(MigrationWorker.Begins, _process.StandardOutput.ReadLine());
        _clock = Stopwatch.StartNew();
    }

    /// <summary>Starts one; it is about to open the journal when this returns.</summary>
    /// <param name="location">The journal.</param>
    /// <param name="verb">Which module it has.</param>
    public static MigratingProcess Start(string location, string verb = MigrationWorker.Later) => new(verb, location);

    /// <summary>Kills it when it has worked for so long, or finds that it has ended.</summary>
    public void KillAfter(TimeSpan time)
    {
        if (HasEndedAfter(time)) return;
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Lets it work until something is there to be seen, or it has ended.</summary>
    public void WaitFor(Func<bool> sight)
    {
        while (!sight() && !HasEndedAfter(TimeSpan.FromMilliseconds(1)))
        {
        }
    }

    /// <summary>Lets it work for so long.</summary>
    /// <returns>Whether it has ended by itself.</returns>
    public bool HasEndedAfter(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Waits for its end, which must be a good one.</summary>
    /// <returns>How long it worked.</returns>
    public TimeSpan WaitForSuccess()
    {
        var errors = _process.StandardError.ReadToEnd();
        Assert.True(_process.WaitForExit(Limit));
        Assert.True(_process.ExitCode == 0, errors);
        return _clock.Elapsed;
    }

    public void Dispose()
    {
        KillAfter(TimeSpan.Zero);
        _process.Dispose();
    }
}
