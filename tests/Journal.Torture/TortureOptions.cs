using System.Globalization;

namespace Journal.Torture;

/// <summary>How long, and with which dice.</summary>
/// <param name="Time">Rounds begin until this has passed; the last one is finished.</param>
/// <param name="Rounds">At most so many rounds.</param>
/// <param name="Seed">Every plan (workers, injuries, faults) follows from it; when exactly a signal meets a process does not.</param>
/// <param name="Mounts">Whether a small file system may be mounted to be filled; else a limit on the size of files stands in for it.</param>
/// <param name="OnServer">Journals on a PostgreSQL server of this run's own, in place of files.</param>
internal sealed record TortureOptions(TimeSpan Time, int Rounds, int Seed, bool Mounts, bool OnServer = false)
{
    public const string Usage = "usage: Journal.Torture [-Minutes n | -Seconds n] [-Rounds n] [-Seed n] [-NoMount] [-Postgres]";

    /// <summary>The options of a command line; null when it cannot be read.</summary>
    public static TortureOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new TortureOptions(TimeSpan.FromMinutes(1), int.MaxValue, 1, Mounts: true);
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].TrimStart('-').ToUpperInvariant();
            if (name == "NOMOUNT")
            {
                options = options with { Mounts = false };
                continue;
            }

            if (name == "POSTGRES")
            {
                options = options with { OnServer = true };
                continue;
            }

            if (++i >= arguments.Count || !double.TryParse(arguments[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value < 0) return null;
            switch (name)
            {
                case "MINUTES": options = options with { Time = TimeSpan.FromMinutes(value) }; break;
                case "SECONDS": options = options with { Time = TimeSpan.FromSeconds(value) }; break;
                case "ROUNDS": options = options with { Rounds = (int)value }; break;
                case "SEED": options = options with { Seed = (int)value }; break;
                default: return null;
            }
        }

        return options;
    }
}
