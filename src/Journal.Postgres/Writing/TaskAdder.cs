using Journal.Lifecycle;
using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Writing;

/// <summary>Adds tasks: many in one statement, one event for all of them.</summary>
internal static class TaskAdder
{
    // So many rows of keys and inputs make a message of a few megabytes.
    private const int MostTogether = 5000;

    public static AddResult Add(WriteSession session, BatchWork batch, IReadOnlyList<NewTask> tasks, bool mends)
    {
        var options = batch.Facts.Options;
        foreach (var task in tasks)
        {
            BatchNaming.ValidateKey(task.Key);
            PaceRules.Check(task, options);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var keys = new List<(NewTask Task, Guid Digest)>();
        foreach (var task in tasks) if (seen.Add(task.Key)) keys.Add((task, Digest.Of(task.Key)));
        var added = new HashSet<Guid>();
        foreach (var some in keys.Chunk(MostTogether))
        {
            session.Pipeline.Add(
                new Command(TaskStatements.Insert).With(batch.Number).With(session.Now)
                    .With(some.Select(static one => one.Task.Key)).With(some.Select(static one => one.Digest)).With(some.Select(static one => one.Task.Priority))
                    .With(some.Select(static one => one.Task.Weight)).With(some.Select(static one => (int)one.Task.Input.Kind)).With(some.Select(static one => one.Task.SourceType))
                    .With(some.Select(static one => one.Task.Metadata.Count == 0 ? null : one.Task.Metadata.Json))
                    .With(some.Select(static one => one.Task.Input.Text == one.Task.Key ? null : one.Task.Input.Text))
                    .With(some.Select(static one => one.Task.LimitKey)).With(some.Select(static one => Digest.OfOptional(one.Task.LimitKey)))
                    .With(some.Select(static one => one.Task.Cost)).With(some.Select(one => PaceRules.NotBefore(one.Task, options, session.Now))),
                row => added.Add(row.Digest(0)));
            session.Pipeline.Send();
        }

        if (added.Count > 0)
        {
            foreach (var (task, digest) in keys) if (added.Contains(digest)) session.Keys.Touch(batch, Digest.OfOptional(task.LimitKey), reorders: true);
            batch.Move(null, JournalTaskStatus.Pending, added.Count);
            var reason = FormattableString.Invariant($"{added.Count} added");
            batch.Order((_, record) => record(JournalEventKind.TasksAdded, null, null, reason));
        }

        // A key that is new counts once as added, and then as a duplicate; one that the batch had is there each time it comes.
        var there = keys.Where(key => !added.Contains(key.Digest)).Select(static key => key.Task.Key).ToHashSet(StringComparer.Ordinal);
        var alreadyThere = there.Count == 0 ? 0 : tasks.LongCount(task => there.Contains(task.Key));
        var result = new AddResult(added.Count, alreadyThere, tasks.Count - added.Count - alreadyThere);
        return mends && there.Count > 0 ? Mend(session, batch, keys.Where(key => !added.Contains(key.Digest)), result) : result;
    }

    private static AddResult Mend(WriteSession session, BatchWork batch, IEnumerable<(NewTask Task, Guid Digest)> there, AddResult result)
    {
        long mended = 0, differing = 0;
        foreach (var some in there.Chunk(MostTogether))
        {
            var given = some.ToDictionary(static one => one.Digest, static one => one.Task);
            var changed = new List<(long Id, NewTask Task, string? Metadata)>();
            session.Pipeline.Add(new Command(TaskStatements.InputsOfKeys).With(batch.Number).With(given.Keys), row =>
            {
                var task = given[row.Digest(1)];
                var metadata = row.TextOrNull(6);
                session.Keys.Touch(batch, row.DigestOrNull(7), reorders: true);
                session.Keys.Touch(batch, Digest.OfOptional(task.LimitKey), reorders: true);
                if (!AmendmentRules.IsMended(task, new TaskInput((TaskInputKind)row.Integer(4), row.Text(5)), metadata)) return;
                if (AmendmentRules.TakesInput((JournalTaskStatus)row.Integer(2))) changed.Add((row.Integer(0), task, MoveEffects.Metadata(task.Metadata, metadata)));
                else differing++;
            }).Send();
            if (changed.Count == 0) continue;
            var took = 0;
            session.Pipeline.Add(
                new Command(TaskStatements.Mend).With(session.Now).With(changed.Select(static one => one.Id)).With(changed.Select(static one => (int)one.Task.Input.Kind))
                    .With(changed.Select(static one => one.Task.Input.Text == one.Task.Key ? null : one.Task.Input.Text))
                    .With(changed.Select(static one => one.Task.Priority)).With(changed.Select(static one => one.Task.Weight))
                    .With(changed.Select(static one => one.Task.SourceType)).With(changed.Select(static one => one.Metadata))
                    .With(changed.Select(static one => one.Task.LimitKey)).With(changed.Select(static one => Digest.OfOptional(one.Task.LimitKey)))
                    .With(changed.Select(static one => one.Task.Cost)),
                row =>
                {
                    took++;
                    var status = (JournalTaskStatus)row.Integer(1);
                    session.Record(batch, row.Integer(0), JournalEventKind.Amended, status, status, row.Integer(2), AmendmentRules.Mended);
                }).Send();
            mended += took;
            differing += changed.Count - took;
        }

        return result with { Mended = mended, Differing = differing };
    }
}
