
namespace Journal.Storage.Transfer;

/// <summary>Reads batches and tasks of a journal with everything that belongs to them, a few hundred tasks at a time.</summary>
/// <remarks>Of a batch that is being worked on, each task is shown as it was when it was read.</remarks>
public static class FullReader
{
    private const int TasksAtOnce = 500;

    /// <summary>A batch without its tasks.</summary>
    public static FullBatch ReadBatch(IJournalStore store, JournalBatch batch) => new(batch, [])
    {
        Events = [.. store.ReadEvents(new EventQuery { BatchIds = [batch.Id] }).Where(static entry => entry.TaskId is null)],
        Checkpoints = store.ReadCheckpoints(batch.Id),
        Source = store.Location,
    };

    /// <summary>The tasks of a batch, with their history, in the order in which they were added.</summary>
    public static IEnumerable<FullTask> ReadTasks(IJournalStore store, JournalBatch batch) => ReadTasks(store, batch, static _ => true);

    /// <summary>The tasks of a batch that are wanted, with their history; of the others nothing more is read than they themselves.</summary>
    public static IEnumerable<FullTask> ReadTasks(IJournalStore store, JournalBatch batch, Func<JournalTask, bool> wanted)
    {
        foreach (var tasks in store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).Where(wanted).Chunk(TasksAtOnce))
        {
            var ids = Array.ConvertAll(tasks, static task => task.Id);
            var attempts = store.ReadAttempts(new AttemptQuery { TaskIds = ids }).ToLookup(static attempt => attempt.TaskId);
            var events = store.ReadEvents(new EventQuery { TaskIds = ids }).ToLookup(static entry => entry.TaskId!.Value);
            var results = store.ReadResults(new ResultQuery { TaskIds = ids, AllStages = true }).ToLookup(static result => result.TaskId);
            foreach (var task in tasks)
            {
                yield return new FullTask(task) { Attempts = [.. attempts[task.Id]], Events = [.. events[task.Id]], Results = [.. results[task.Id].Where(result => !result.Awaits || task.EndedAt is not null).Select(ToFull)] };
            }
        }
    }

    private static FullResult ToFull(StoredResult result) =>
        new(result.Stage, result.Json, result.Items, result.Written, result.At, result.Awaits, result.Writer?.Name);
}
