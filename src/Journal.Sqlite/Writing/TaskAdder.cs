using Journal.Lifecycle;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Writing;

/// <summary>Adds tasks: one prepared statement, one event for all of them.</summary>
internal static class TaskAdder
{
    public static AddResult Add(WriteSession session, BatchEntry batch, IReadOnlyList<NewTask> tasks, bool mends)
    {
        var first = session.Prepared(TaskStatements.NextTask).RequiredScalar();
        var next = first;
        var options = session.Facts(batch).Options;
        var wasEmpty = batch.Standing.Counts.Total == 0;
        long there = 0, duplicates = 0, mended = 0, differing = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var insert = session.Prepared(TaskStatements.Insert).Bind(2, batch.Number).Bind(5, session.Now);
        for (var i = 0; i < tasks.Count; i++)
        {
            var task = tasks[i];
            BatchNaming.ValidateKey(task.Key);
            PaceRules.Check(task, options);
            var metadata = task.Metadata.Json;
            var inserted = insert
                .Bind(1, next).Bind(3, task.Priority).Bind(4, task.Weight).Bind(6, task.Key).Bind(7, (long)task.Input.Kind).Bind(8, task.SourceType)
                .Bind(9, metadata == "{}" ? null : metadata).Bind(10, task.Input.Text == task.Key ? null : task.Input.Text)
                .Bind(11, task.LimitKey).Bind(12, task.Cost).Bind(13, PaceRules.NotBefore(task, options, session.Now)).Execute();
            if (inserted > 0)
            {
                next++;
                session.Keys.Touch(batch, task.LimitKey, reorders: true);
            }
            else if (!CameBefore(session, batch, task.Key, first, next, wasEmpty)) duplicates++;
            else
            {
                there++;
                // Of several with one key the first counts, here too.
                if (!mends || !seen.Add(task.Key)) continue;
                var mend = Mend(session, batch, task);
                if (mend is true) mended++;
                else if (mend is false) differing++;
            }
        }

        var added = next - first;
        if (added > 0)
        {
            batch.NoteTasks(first, next - 1);
            batch.Standing.Counts = batch.Standing.Counts.Moved(null, JournalTaskStatus.Pending, added);
            session.Record(batch, JournalEventKind.TasksAdded, null, null, FormattableString.Invariant($"{added} added"));
        }

        return new AddResult(added, there, duplicates) { Mended = mended, Differing = differing };
    }

    /// <returns>Null where the task has this input; else whether it took it.</returns>
    private static bool? Mend(WriteSession session, BatchEntry batch, NewTask task)
    {
        var row = session.Prepared(TaskStatements.InputOfKey).Bind(1, batch.Number).Bind(2, task.Key);
        row.Step();
        var (id, status, stage) = (row.Integer(0), (JournalTaskStatus)row.Integer(1), row.Integer(2));
        session.Keys.Touch(batch, row.Text(6), reorders: true);
        var (input, metadata) = (new TaskInput((TaskInputKind)row.Integer(3), row.Text(4)!), row.Text(5));
        row.Reset();
        if (!AmendmentRules.IsMended(task, input, metadata)) return null;
        if (!AmendmentRules.TakesInput(status)) return false;
        session.Prepared(TaskStatements.Mend)
            .Bind(1, id).Bind(2, (long)task.Input.Kind).Bind(3, task.Input.Text == task.Key ? null : task.Input.Text).Bind(4, task.Priority).Bind(5, task.Weight)
            .Bind(6, task.SourceType).Bind(7, MoveEffects.Metadata(task.Metadata, metadata)).Bind(8, session.Now).Bind(9, task.LimitKey).Bind(10, task.Cost).Execute();
        session.Keys.Touch(batch, task.LimitKey, reorders: true);
        session.Record(batch, id, JournalEventKind.Amended, status, status, stage, AmendmentRules.Mended);
        return true;
    }

    // Only a call that adds to a batch with tasks has to look: in an empty batch a known key can only be a duplicate, and before the first
    // task of this call it can only be an old one.
    private static bool CameBefore(WriteSession session, BatchEntry batch, string key, long first, long next, bool wasEmpty) =>
        !wasEmpty && (next == first || session.Prepared(TaskStatements.IdOfKey).Bind(1, batch.Number).Bind(2, key).Scalar() < first);
}
