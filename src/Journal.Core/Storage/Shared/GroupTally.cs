using Journal.Statistics;

namespace Journal.Storage.Shared;

/// <summary>
/// Gathers groups of tasks in one pass, whichever engine reads them: grouping in SQL would sort all rows once for the groups and again for the
/// ranks of their durations.
/// </summary>
/// <param name="query">The columns to group by, and the time zone of hours and days.</param>
public sealed class GroupTally(GroupQuery query)
{
    // Every zone's hours and days begin at one of these, today's zones' at least.
    private static readonly long QuarterHour = Micros.From(TimeSpan.FromMinutes(15));
    private static readonly long Minute = Micros.From(TimeSpan.FromMinutes(1));
    private static readonly long Second = Micros.From(TimeSpan.FromSeconds(1));

    private readonly Dictionary<object?[], Group> _groups = new(GroupValues.Comparer);
    private readonly Dictionary<(TaskGroupKey, long), object> _boxes = [];
    private readonly object?[] _values = new object?[query.By.Count];
    private Group? _last;

    /// <summary>Counts a task.</summary>
    /// <param name="task">What is counted of it.</param>
    /// <param name="value">Gives the task's value of a column as it is stored: numbers for status, category and times.</param>
    /// <param name="key">Gives the task's key, of which only few are needed.</param>
    public void Add(in GroupedTask task, Func<int, object?> value, Func<string> key)
    {
        for (var i = 0; i < _values.Length; i++) _values[i] = Shown(query.By[i].Key, value(i));
        // Neighbours are mostly alike.
        if (_last is null || !GroupValues.Comparer.Equals(_values, _last.Values)) _groups.TryGetValue(_values, out _last);
        if (_last is null)
        {
            _last = new Group([.. _values]);
            _groups.Add(_last.Values, _last);
        }

        _last.Add(task, key);
    }

    /// <summary>The groups, the largest first.</summary>
    public IEnumerable<TaskGroup> ToGroups() => _groups.Values.OrderByDescending(static group => group.Count).Select(static group => group.ToGroup());

    private object? Shown(TaskGroupKey key, object? value) => (key, value) switch
    {
        (TaskGroupKey.Status, long number) => Box(key, number, static number => (JournalTaskStatus)number),
        (TaskGroupKey.ErrorCategory, long number) => Box(key, number, static number => (JournalErrorCategory)number),
        (TaskGroupKey.Second, long micros) => Box(key, micros / Second, number => Local(number * Second)),
        (TaskGroupKey.Minute, long micros) => Box(key, micros / Minute, number => Local(number * Minute)),
        (TaskGroupKey.Hour, long micros) => Box(key, micros / QuarterHour, number => CalendarDay.HourOf(Local(number * QuarterHour))),
        (TaskGroupKey.Day, long micros) => Box(key, micros / QuarterHour, number => CalendarDay.StartOf(Local(number * QuarterHour), query.Zone)),
        _ => value,
    };

    private DateTimeOffset Local(long micros) => TimeZoneInfo.ConvertTime(Micros.ToTime(micros), query.Zone);

    private object Box<T>(TaskGroupKey key, long number, Func<long, T> value) where T : struct
    {
        if (!_boxes.TryGetValue((key, number), out var box)) _boxes.Add((key, number), box = value(number));
        return box;
    }

    private sealed class Group(object?[] values)
    {
        private readonly DurationSample _durations = new();
        private long _succeeded;
        private long _failed;
        private long _first = long.MaxValue;
        private long _last;
        private long _exampleId = long.MaxValue;
        private string? _example;

        public object?[] Values { get; } = values;

        public long Count { get; private set; }

        public void Add(in GroupedTask task, Func<string> key)
        {
            Count++;
            if (task.Status is JournalTaskStatus.Completed or JournalTaskStatus.Skipped) _succeeded++;
            if (task.Status is JournalTaskStatus.Failed) _failed++;
            if (task.Status is JournalTaskStatus.Completed && task.Duration is { } duration) _durations.Add(duration);
            _first = Math.Min(_first, task.UpdatedAt);
            _last = Math.Max(_last, task.UpdatedAt);
            if (task.Id >= _exampleId) return;
            _exampleId = task.Id;
            _example = key();
        }

        public TaskGroup ToGroup() => new(
            Values, Count, _succeeded, _failed, _durations.Mean, _durations.Median, _durations.P95, Micros.ToTime(_first), Micros.ToTime(_last), _example);
    }
}

/// <summary>What is counted of a task.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its status.</param>
/// <param name="Duration">How long its attempts ran, in microseconds.</param>
/// <param name="UpdatedAt">When it last changed, in microseconds.</param>
public readonly record struct GroupedTask(long Id, JournalTaskStatus Status, long? Duration, long UpdatedAt);
