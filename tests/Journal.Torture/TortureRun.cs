using System.Diagnostics;
using Journal.Testing;

namespace Journal.Torture;

/// <summary>Round after round, each with a journal of its own, until the time is over.</summary>
internal static class TortureRun
{
    /// <summary>Runs, and tells of every round and every violation as it goes.</summary>
    public static Tally Run(TortureOptions options, Action<string> tell, CancellationToken stop)
    {
        var tally = new Tally();
        using var server = options.OnServer ? new PostgresServer() : null;
        var clock = Stopwatch.StartNew();
        for (var number = 1; number <= options.Rounds && (number == 1 || clock.Elapsed < options.Time) && !stop.IsCancellationRequested; number++)
        {
            var before = tally.Violations;
            using var round = new Round(options, number, tally, tell, server);
            round.Run(stop);
            tally.Rounds++;
            if (tally.Violations == before) continue;
            tell($"Round {number} of seed {options.Seed} is kept in {round.Keep()}");
        }

        return tally;
    }
}
