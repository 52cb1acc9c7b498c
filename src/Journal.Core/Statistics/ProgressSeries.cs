using Journal.Storage;

namespace Journal.Statistics;

/// <summary>How many tasks ended when: a row of stretches of equal length, without gaps, on the user's clock.</summary>
public static class ProgressSeries
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(28), TimeSpan.FromDays(364),
    ];

    /// <summary>Reads when tasks ended.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="scope">Which tasks; those that have not ended are left out.</param>
    /// <param name="zone">Whose clock.</param>
    /// <param name="most">At most so many stretches; the shortest of a second, a minute, an hour, a day and some between that keep to it.</param>
    public static IReadOnlyList<JournalThroughput> Read(IJournalStore store, TaskQuery scope, TimeZoneInfo zone, int most)
    {
        scope = scope with { Statuses = [JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Skipped, JournalTaskStatus.Canceled] };
        var minutes = Group(store, scope, zone, TaskGroupKey.Minute);
        if (minutes.Count == 0) return [];
        var step = StepFor(minutes[^1].At - minutes[0].At + TimeSpan.FromMinutes(1), most);
        return Fold(step < TimeSpan.FromMinutes(1) ? Group(store, scope, zone, TaskGroupKey.Second) : minutes, step, zone);
    }

    /// <summary>How long the stretches of a span are: as short as <paramref name="most"/> of them allow.</summary>
    /// <param name="span">From the first end to the last.</param>
    /// <param name="most">At most so many, at least 2.</param>
    public static TimeSpan StepFor(TimeSpan span, int most) => Array.Find(Steps, step => span <= step * (most - 1)) is { Ticks: > 0 } found ? found : Steps[^1];

    /// <summary>Adds up what ended within each stretch.</summary>
    /// <param name="ends">How many ended when, in the order of time; not empty.</param>
    /// <param name="step">How long a stretch is.</param>
    /// <param name="zone">Whose clock: stretches begin at its full hours and days.</param>
    public static IReadOnlyList<JournalThroughput> Fold(IReadOnlyList<(DateTimeOffset At, TaskCounts Ended)> ends, TimeSpan step, TimeZoneInfo zone)
    {
        var stretches = new List<JournalThroughput>();
        var next = 0;
        for (var start = Floor(ends[0].At, step, zone); next < ends.Count;)
        {
            var end = After(start, step, zone);
            var ended = default(TaskCounts);
            for (; next < ends.Count && ends[next].At < end; next++) ended = ended.Plus(ends[next].Ended);
            stretches.Add(new JournalThroughput(start, end - start, ended.Completed, ended.Failed, ended.Skipped, ended.Canceled));
            start = end;
        }

        return stretches;
    }

    private static List<(DateTimeOffset At, TaskCounts Ended)> Group(IJournalStore store, TaskQuery scope, TimeZoneInfo zone, TaskGroupKey unit) => store
        .GroupTasks(new GroupQuery(scope, [new TaskGrouping(unit), new TaskGrouping(TaskGroupKey.Status)]) { Zone = zone })
        .Select(static group => ((DateTimeOffset)group.Values[0]!, default(TaskCounts).Moved(null, (JournalTaskStatus)group.Values[1]!, group.Count)))
        .OrderBy(static group => group.Item1)
        .ToList();

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step, TimeZoneInfo zone)
    {
        var day = CalendarDay.StartOf(at, zone);
        return step >= TimeSpan.FromDays(1) ? day : day + step * Math.Floor((at - day) / step);
    }

    // Days are counted on the calendar, so that they begin at midnight after a change of summer time too.
    private static DateTimeOffset After(DateTimeOffset start, TimeSpan step, TimeZoneInfo zone) => step >= TimeSpan.FromDays(1)
        ? CalendarDay.StartOf(DateOnly.FromDateTime(start.DateTime).AddDays(step.Days), zone)
        : TimeZoneInfo.ConvertTime(start + step, zone);
}
