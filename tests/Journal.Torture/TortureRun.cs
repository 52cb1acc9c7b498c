using System.Diagnostics;
using Journal.Testing;
using Journal.Torture.Injuring;

namespace Journal.Torture;

/// <summary>Round after round, each with a journal of its own, until the time is over.</summary>
internal static class TortureRun
{
    /// <summary>Runs, and tells of every round and every violation as it goes.</summary>
    public static Tally Run(TortureOptions options, Action<string> tell, CancellationToken stop)
    {
        var tally = new Tally();
        // A whole crew, for each generation ends with the death of all.
        using var pool = new WorkerPool(6, 1);
        using var server = options.OnServer ? new PostgresServer() : null;
        var clock = Stopwatch.StartNew();
        for (var number = options.First; number - options.First < options.Rounds && (number == options.First || clock.Elapsed < options.Time) && !stop.IsCancellationRequested; number++)
        {
            if (tally.Injuries >= options.Injuries) break;
            var before = tally.Violations;
            using var round = new Round(options, number, tally, tell, pool, server);
            round.Run(stop);
            tally.Rounds++;
            tally.Workers = new Dictionary<string, int>(pool.Started);
            tally.Time = clock.Elapsed;
            if (tally.Violations == before) continue;
            tell($"Round {number} of seed {options.Seed} is kept in {round.Keep()}");
        }

        return tally;
    }
}
