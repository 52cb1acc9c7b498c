using System.Text;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>Groups tasks: they stream without the texts that are only looked at, and are gathered on the way.</summary>
internal static class GroupReader
{
    public static IEnumerable<TaskGroup> Read(ReadSession session, GroupQuery query)
    {
        var tally = new GroupTally(query);
        foreach (var task in TaskReader.Read(session, query.Scope with { First = null, Skip = 0 }, light: !query.By.Any(static by => by.Key is TaskGroupKey.Input)))
        {
            var counted = new GroupedTask(task.Id, task.Status, Micros.From(task.Duration), Micros.From(task.UpdatedAt));
            tally.Add(counted, i => Value(query.By[i], task), () => task.Key);
        }

        return tally.ToGroups();
    }

    private static object? Value(TaskGrouping by, JournalTask task) => by.Key switch
    {
        TaskGroupKey.BatchId => task.BatchId,
        TaskGroupKey.Status => (long)task.Status,
        TaskGroupKey.ErrorCategory => (long)task.ErrorCategory,
        TaskGroupKey.Signature => task.Signature,
        TaskGroupKey.Worker => task.Worker,
        TaskGroupKey.Stage => task.Stage,
        TaskGroupKey.SourceType => task.SourceType,
        TaskGroupKey.QuotaProject => task.QuotaProject,
        TaskGroupKey.TargetId => task.TargetId,
        TaskGroupKey.Metadata => JsonMember.Find(Encoding.UTF8.GetBytes(task.Metadata.Json), by.Path!),
        TaskGroupKey.Input => task.StoredInput is { Kind: TaskInputKind.Json } input ? JsonMember.Find(Encoding.UTF8.GetBytes(input.Text), by.Path!) : null,
        _ => Micros.From(task.UpdatedAt),
    };
}
