namespace Journal.Storage.Parts;

/// <summary>
/// Gathers groups of tasks in one pass, whichever engine reads them: grouping in SQL would sort all rows once for the groups and again for the
/// ranks of their durations.
/// </summary>
/// <param name="by">The columns to group by.</param>
public sealed class GroupTally(IReadOnlyList<TaskGrouping> by)
{
    private static readonly long Hour = Micros.From(TimeSpan.FromHours(1));
    private static readonly long Day = Micros.From(TimeSpan.FromDays(1));

    private readonly Dictionary<object?[], Group> _groups = new(ValuesComparer.Instance);
    private readonly Dictionary<(TaskGroupKey, long), object> _boxes = [];
    private readonly object?[] _values = new object?[by.Count];

    /// <summary>Counts a task.</summary>
    /// <param name="task">What is counted of it.</param>
    /// <param name="value">Gives the task's value of a column as it is stored: numbers for status, category and times.</param>
    /// <param name="key">Gives the task's key, of which only few are needed.</param>
    public void Add(in GroupedTask task, Func<int, object?> value, Func<string> key)
    {
        for (var i = 0; i < _values.Length; i++) _values[i] = Shown(by[i].Key, value(i));
        if (!_groups.TryGetValue(_values, out var group))
        {
            group = new Group([.. _values]);
            _groups.Add(group.Values, group);
        }

        group.Add(task, key);
    }

    /// <summary>The groups, the largest first.</summary>
    public IEnumerable<TaskGroup> ToGroups() => _groups.Values.OrderByDescending(static group => group.Count).Select(static group => group.ToGroup());

    private object? Shown(TaskGroupKey key, object? value) => (key, value) switch
    {
        (TaskGroupKey.Status, long number) => Box(key, number, static number => (JournalTaskStatus)number),
        (TaskGroupKey.ErrorCategory, long number) => Box(key, number, static number => (JournalErrorCategory)number),
        (TaskGroupKey.Hour, long micros) => Box(key, micros / Hour, static number => Micros.ToTime(number * Hour)),
        (TaskGroupKey.Day, long micros) => Box(key, micros / Day, static number => Micros.ToTime(number * Day)),
        _ => value,
    };

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

    private sealed class ValuesComparer : IEqualityComparer<object?[]>
    {
        public static ValuesComparer Instance { get; } = new();

        public bool Equals(object?[]? x, object?[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(object?[] values)
        {
            var hash = default(HashCode);
            foreach (var value in values) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}

/// <summary>What is counted of a task.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its status.</param>
/// <param name="Duration">How long its attempts ran, in microseconds.</param>
/// <param name="UpdatedAt">When it last changed, in microseconds.</param>
public readonly record struct GroupedTask(long Id, JournalTaskStatus Status, long? Duration, long UpdatedAt);
