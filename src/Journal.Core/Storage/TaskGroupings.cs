namespace Journal.Storage;

/// <summary>Columns to group tasks by, as people write them: <c>Status</c>, <c>ErrorCategory</c>, <c>Metadata.subject</c>, <c>Input.Camera</c>.</summary>
public static class TaskGroupings
{
    private static readonly TaskGroupKey[] Members = [.. Enum.GetValues<TaskGroupKey>().Where(TaskGrouping.IsMember)];

    /// <summary>Everything that can be written, with a placeholder for the name of a member.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enum.GetValues<TaskGroupKey>().Where(static key => !TaskGrouping.IsMember(key)).Select(static key => key.ToString()), .. Members.Select(static key => $"{key}.<name>")];

    /// <summary>The column that a text means.</summary>
    /// <param name="text">In any case; the name of a member is taken as it is.</param>
    /// <exception cref="JournalException">InvalidValue.</exception>
    public static TaskGrouping Parse(string text)
    {
        foreach (var member in Members)
        {
            var prefix = $"{member}.";
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && text.Length > prefix.Length) return new TaskGrouping(member, text[prefix.Length..]);
        }

        // A number would parse as well, and so would several names with commas.
        var name = Array.Find(Enum.GetNames<TaskGroupKey>(), name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
        if (name is null || TaskGrouping.IsMember(Enum.Parse<TaskGroupKey>(name))) throw JournalErrors.InvalidValue("-GroupBy", text, $"tasks cannot be grouped by '{text}', but by {string.Join(", ", Names)}.");
        return new TaskGrouping(Enum.Parse<TaskGroupKey>(name));
    }

    // A look into the journal each; of more groups than anybody reads the signature has to do.
    private const int MostMessages = 100;

    /// <summary>Groups tasks, each group with the message of one of them where it was grouped by signature, which is a text with placeholders; null elsewhere.</summary>
    public static IEnumerable<(TaskGroup Group, string? Message)> GroupWithMessages(this IJournalStore store, GroupQuery query)
    {
        var groups = store.GroupTasks(query).ToList();
        return groups.Select(group => (group, groups.Count <= MostMessages ? MessageOf(store, query.Scope, query.By, group) : null));
    }

    private static string? MessageOf(IJournalStore store, TaskQuery scope, IReadOnlyList<TaskGrouping> by, TaskGroup group)
    {
        var signature = by.Select((grouping, i) => grouping.Key is TaskGroupKey.Signature ? group.Values[i] as string : null).FirstOrDefault(static text => text is not null);
        if (signature is null || group.Example is null) return null;
        return store.ReadTasks(scope with { Keys = [TextPattern.Exactly(group.Example)], Signatures = [TextPattern.Exactly(signature)], First = 1, Skip = 0 }).FirstOrDefault()?.ErrorMessage;
    }

    /// <summary>What the columns of groupings are called: by their keys, or by the names of the members; where that is a figure's name, or stands twice, by both.</summary>
    public static IReadOnlyList<string> ColumnsOf(IReadOnlyList<TaskGrouping> by)
    {
        var plain = by.Select(static grouping => grouping.Path ?? grouping.Key.ToString()).ToList();
        return [.. plain.Select((name, i) => by[i].Path is not null && (Figures.Contains(name) || plain.Count(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)) > 1) ? $"{by[i].Key}.{name}" : name)];
    }

    private static readonly HashSet<string> Figures = typeof(TaskGroup).GetProperties().Select(static property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
