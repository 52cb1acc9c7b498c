using Journal.Sqlite.Engine;
using Journal.Sqlite.Rows;
using Journal.Sqlite.Statements;
using Journal.Storage;

namespace Journal.Sqlite.Reading;

/// <summary>The figures of a batch: one pass over its tasks and one over its attempts.</summary>
internal static class FigureReader
{
    private const string Attempts = "SELECT stage, outcome, ended_at - started_at FROM attempt WHERE task BETWEEN ?1 AND ?2 AND batch = ?3";

    private const string ActiveTime = "SELECT active_time FROM batch WHERE no = ?1";

    // The index of failed tasks holds all that is counted; one task of each kind is looked up for its text.
    private const string Errors = """
        SELECT e.error_category, e.signature, e.count, t.error_message, t.key
        FROM (
            SELECT error_category, signature, COUNT(*) AS count, MIN(id) AS example
            FROM task INDEXED BY task_failed WHERE batch = ?1 AND status = 3 GROUP BY error_category, signature
        ) e JOIN task t ON t.id = e.example
        ORDER BY e.count DESC, e.example
        """;

    /// <exception cref="JournalException">BatchNotFound.</exception>
    public static BatchFigures Read(Database database, Catalog catalog, string batchId)
    {
        var filter = TaskFilter.Compile(database, catalog, new TaskQuery { BatchIds = [batchId] });
        if (filter.Scope.Facts is not [var batch]) throw JournalErrors.BatchNotFound(batchId);
        var stages = new StageTally[Math.Max(batch.Stages.Length, 1)];
        for (var i = 0; i < stages.Length; i++) stages[i] = new StageTally();
        var durations = new DurationSample();
        double done = 0, left = 0;
        long outputs = 0;

        using (var rows = database.Prepare($"SELECT status, stage, weight, duration, json_array_length(outputs) {filter.FromWhere}"))
        {
            rows.BindAll(filter.Where.Values);
            while (rows.Step())
            {
                var status = (JournalTaskStatus)rows.Integer(0);
                var stage = (int)rows.Integer(1);
                if (status is JournalTaskStatus.Pending or JournalTaskStatus.InProgress) left += rows.Real(2);
                else done += rows.Real(2);
                for (var passed = 0; passed < stage; passed++) stages[passed].Done++;
                stages[stage].Add(status);
                if (status != JournalTaskStatus.Completed) continue;
                for (var passed = stage + 1; passed < stages.Length; passed++) stages[passed].Done++;
                if (rows.IntegerOrNull(3) is { } duration) durations.Add(duration);
                outputs += rows.Integer(4);
            }
        }

        var attempts = database.Prepared(Attempts).Bind(1, filter.Scope.FirstTask).Bind(2, filter.Scope.LastTask).Bind(3, batch.Number);
        while (attempts.Step())
        {
            var stage = stages[(int)attempts.Integer(0)];
            var outcome = (JournalAttemptOutcome)attempts.Integer(1);
            if (outcome == JournalAttemptOutcome.Failed) stage.Retries++;
            if (outcome == JournalAttemptOutcome.Completed) stage.Durations.Add(attempts.Integer(2));
        }

        var active = Micros.ToSpan(database.Prepared(ActiveTime).Bind(1, batch.Number).Scalar() ?? 0);
        return new BatchFigures(
            durations.ToFigures(), done, left, active, ReadErrors(database, batch), [.. stages.Select((stage, index) => stage.ToFigure(batch.StageAt(index)))],
            outputs, ReadQuota(database, batch));
    }

    private static List<ErrorFigure> ReadErrors(Database database, BatchFacts batch)
    {
        var errors = new List<ErrorFigure>();
        var row = database.Prepared(Errors).Bind(1, batch.Number);
        while (row.Step()) errors.Add(new ErrorFigure((JournalErrorCategory)row.Integer(0), row.Text(1), row.Integer(2), row.Text(3), row.Text(4)));
        return errors;
    }

    private static List<KeyValuePair<string?, double>> ReadQuota(Database database, BatchFacts batch)
    {
        var quota = new List<KeyValuePair<string?, double>>();
        var row = database.Prepared(BatchStatements.QuotaByProject).Bind(1, batch.Number);
        while (row.Step()) quota.Add(new(row.Text(0) is { Length: > 0 } project ? project : null, row.Real(1)));
        return quota;
    }

    private sealed class StageTally
    {
        private long _waiting;
        private long _running;
        private long _failed;

        public long Done { get; set; }

        public long Retries { get; set; }

        public DurationSample Durations { get; } = new();

        public void Add(JournalTaskStatus status)
        {
            switch (status)
            {
                case JournalTaskStatus.Pending: _waiting++; break;
                case JournalTaskStatus.InProgress: _running++; break;
                case JournalTaskStatus.Completed: Done++; break;
                case JournalTaskStatus.Failed: _failed++; break;
            }
        }

        public StageFigure ToFigure(string? name) => new(name, _waiting, _running, Done, _failed, Retries, Durations.ToFigures());
    }
}
