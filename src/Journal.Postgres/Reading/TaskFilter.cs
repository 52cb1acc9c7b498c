using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>A <see cref="TaskQuery"/> as SQL, and what only the store can judge. Everything a user says is a parameter.</summary>
internal sealed class TaskFilter
{
    private readonly ReadSession _session;
    private readonly TaskQuery _query;
    private readonly List<Func<JournalTask, bool>> _judged = [];

    private TaskFilter(ReadSession session, TaskQuery query)
    {
        _session = session;
        _query = query;
        var batches = session.Batches(query.BatchIds);
        Batches = batches.ToDictionary(static batch => batch.Number);
    }

    /// <summary>The batches it is about, by number.</summary>
    public IReadOnlyDictionary<long, BatchFacts> Batches { get; }

    public Filter Where { get; } = new();

    /// <summary>Whether some of what the server finds does not match: then it cannot count or page.</summary>
    public bool IsJudgedHere => _judged.Count > 0;

    public static TaskFilter Compile(ReadSession session, TaskQuery query)
    {
        var filter = new TaskFilter(session, query);
        filter.AddPlace();
        filter.AddTexts();
        filter.AddSourceTypes();
        foreach (var (path, wanted) in query.Metadata ?? [])
        {
            var condition = new MetadataCondition(path, wanted);
            filter._judged.Add(task => condition.Holds(task.Metadata));
        }

        return filter;
    }

    public bool Holds(JournalTask task) => _judged.TrueForAll(condition => condition(task));

    /// <summary>ORDER BY, with what has no value last in either direction.</summary>
    public string OrderBy
    {
        get
        {
            var direction = _query.Descending ? " DESC" : "";
            if (_query.OrderBy == TaskOrder.Id) return $" ORDER BY t.id{direction}";
            var column = _query.OrderBy switch
            {
                TaskOrder.Key => $"{TaskStatements.IndexedKey}{direction}, t.key",
                TaskOrder.Status => "t.status",
                TaskOrder.Duration => "t.duration",
                TaskOrder.Attempts => "t.attempts",
                TaskOrder.Priority => "t.priority",
                TaskOrder.Weight => "t.weight",
                TaskOrder.CreatedAt => "t.created_at",
                TaskOrder.UpdatedAt => "t.updated_at",
                TaskOrder.StartedAt => "t.started_at",
                TaskOrder.EndedAt => "t.ended_at",
                _ => "t.quota",
            };
            return $" ORDER BY {column}{direction} NULLS LAST, t.id";
        }
    }

    private void AddPlace()
    {
        if (_query.BatchIds is not null) Where.In("t.batch", Batches.Keys);
        if (_query.Ids is not null) Where.In("t.id", _query.Ids);
        Where.InEnum("t.status", _query.Statuses).InEnum("t.error_category", _query.Categories).Between("t.updated_at", _query.Since, _query.Until);
        if (_query.AfterId > 0) Where.And("t.id > {0}", _query.AfterId);
    }

    private void AddTexts()
    {
        if (_query.Keys is { } keys)
        {
            // By the digest, an exact key is found in its index.
            if (keys.Count > 0 && keys.All(static key => !key.IsPattern)) Where.And("t.key_digest = ANY({0})", keys.Select(static key => Digest.Of(key.Text)).ToArray());
            else KeyRanges.Add(Where, _session.Pipeline, Batches.Keys.ToList(), keys);
            AddPatterns("t.key", keys, static task => task.Key);
        }

        if (_query.Signatures is { } signatures) AddPatterns("t.signature", signatures, static task => task.Signature);
        // By its beginning, an exact target id is found in its index.
        if (_query.TargetIds is [{ IsPattern: false } exact]) Where.And("t.target_id IS NOT NULL AND left(t.target_id, 100) = left({0}, 100)", exact.Text);
        if (_query.TargetIds is { } targets) AddPatterns("t.target_id", targets, static task => task.TargetId);
        if (_query.Workers is { } workers)
        {
            var numbers = new List<long>();
            _session.Pipeline.Add(new Command(WorkerStatements.All), row =>
            {
                var name = row.Text(1);
                if (workers.Any(pattern => pattern.Matches(name))) numbers.Add(row.Integer(0));
            }).Send();
            Where.In("t.worker", numbers);
        }

        if (_query.Stages is { } stages) Where.InStages(Batches.Values, stages, "t.batch", "t.stage");
    }

    private void AddPatterns(string column, IReadOnlyList<TextPattern> patterns, Func<JournalTask, string?> text)
    {
        if (Filter.CanFind(patterns)) Where.Matching(column, patterns);
        if (!Filter.CanJudge(patterns)) _judged.Add(task => patterns.Any(pattern => pattern.Matches(text(task))));
    }

    private void AddSourceTypes()
    {
        if (_query.SourceTypes is not { } types) return;
        if (types.Count == 0) Where.Never();
        else if (!Filter.CanJudge(types)) _judged.Add(task => types.Any(type => type.Matches(task.SourceType)));
        else
        {
            var inherited = Batches.Values.Where(batch => types.Any(type => type.Matches(batch.SourceType))).Select(static batch => batch.Number).ToArray();
            var (own, values) = Filter.AnyOf("t.source_type", types, 1);
            Where.And($"(t.source_type IS NULL AND t.batch = ANY({{0}})) OR {own}", [inherited, .. values]);
        }
    }
}
