using System.Globalization;

namespace Journal;

/// <summary>Whether the runs of a name happen and go well, for a monitor. A snapshot, made by <c>BatchHealth.Judge</c>.</summary>
public sealed class JournalBatchHealth
{
    /// <summary>The name that was asked about.</summary>
    public required string Name { get; init; }

    /// <summary>Whether all is well: <see cref="ExitCode"/> is 0.</summary>
    public bool IsHealthy => ExitCode == 0;

    /// <summary>As monitors count: 0 for well, 1 for something to look at, 2 for not well, 3 where it cannot be told.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The batch that was judged: the newest that has ended, or one that has not and is in trouble; null where there is none.</summary>
    public string? BatchId { get; init; }

    /// <summary>Where it stands, in words; null where there is none.</summary>
    public string? StatusText { get; init; }

    /// <summary>Its completed tasks.</summary>
    public long Completed { get; init; }

    /// <summary>Its failed tasks.</summary>
    public long Failed { get; init; }

    /// <summary>Its tasks that have not ended.</summary>
    public long Remaining { get; init; }

    /// <summary>When the newest batch of the name that has ended did; null where none has.</summary>
    public DateTimeOffset? LastEnd { get; init; }

    /// <summary>How long ago that was; null where none has ended.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How long ago it may be.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>The journal that was asked.</summary>
    public string JournalPath { get; init; } = "";

    /// <summary>The line that Nagios and its kin read: the state, the reason, and behind a bar the figures.</summary>
    public string PluginOutput
    {
        get
        {
            var figures = string.Create(CultureInfo.InvariantCulture, $"completed={Completed} failed={Failed} remaining={Remaining}");
            if (Age is { } age) figures += string.Create(CultureInfo.InvariantCulture, $" age={Math.Max(0, age.TotalSeconds):0}s;;{MaxAge.TotalSeconds:0}");
            return $"{State} - {Plain(Name)}: {Plain(Reason)} | {figures}";
        }
    }

    private string State => ExitCode switch { 0 => "OK", 1 => "WARNING", 2 => "CRITICAL", _ => "UNKNOWN" };

    /// <summary>The plugin's line.</summary>
    public override string ToString() => PluginOutput;

    private static string Plain(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c == '|' ? '/' : c));
}
