using System.Globalization;
using Journal.Torture.Injuring;

namespace Journal.Torture;

/// <summary>How long, and with which dice.</summary>
/// <param name="Time">Rounds begin until this has passed; the last one is finished.</param>
/// <param name="Rounds">At most so many rounds.</param>
/// <param name="Seed">Every plan (workers, injuries, faults) follows from it; when exactly a signal meets a process does not.</param>
/// <param name="Mounts">Whether a small file system may be mounted to be filled; else a limit on the size of files stands in for it.</param>
/// <param name="Injuries">Rounds begin until there were so many.</param>
/// <param name="OnServer">Journals on a PostgreSQL server of this run's own, in place of files.</param>
internal sealed record TortureOptions(TimeSpan Time, int Rounds, int Seed, bool Mounts, bool OnServer = false, int Injuries = int.MaxValue)
{
    /// <summary>The first round: each has a plan of its own, and one that found something can be run alone.</summary>
    public int First { get; init; } = 1;

    /// <summary>The one fault of all generations; null for each in its turn.</summary>
    public Fault? Only { get; init; }

    /// <summary>How long workers are struck before all are killed and the journal is checked.</summary>
    public TimeSpan Generation { get; init; } = TimeSpan.FromSeconds(12);

    public const string Usage = "usage: Journal.Torture [-Minutes n | -Seconds n] [-Rounds n] [-First n] [-Generation seconds] [-Injuries n] [-Fault name] [-Seed n] [-NoMount] [-Postgres]";

    /// <summary>The options of a command line; null when it cannot be read.</summary>
    public static TortureOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new TortureOptions(default, int.MaxValue, 1, Mounts: true);
        TimeSpan? time = null;
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

            if (name == "FAULT")
            {
                if (++i >= arguments.Count || !Enum.TryParse<Fault>(arguments[i], ignoreCase: true, out var only)) return null;
                options = options with { Only = only };
                continue;
            }

            if (++i >= arguments.Count || !double.TryParse(arguments[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value < 0) return null;
            switch (name)
            {
                case "MINUTES": time = TimeSpan.FromMinutes(value); break;
                case "SECONDS": time = TimeSpan.FromSeconds(value); break;
                case "ROUNDS": options = options with { Rounds = (int)value }; break;
                case "FIRST": options = options with { First = Math.Max(1, (int)value) }; break;
                case "GENERATION": options = options with { Generation = TimeSpan.FromSeconds(value) }; break;
                case "INJURIES": options = options with { Injuries = (int)value }; break;
                case "SEED": options = options with { Seed = (int)value }; break;
                default: return null;
            }
        }

        // So many injuries take as long as they take, unless a time is given with them.
        return options with { Time = time ?? (options.Injuries == int.MaxValue ? TimeSpan.FromMinutes(1) : TimeSpan.MaxValue) };
    }
}
