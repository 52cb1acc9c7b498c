namespace Journal.Storage.Shared;

/// <summary>The figures of a batch, gathered in one pass over its tasks and one over its attempts, whichever engine reads them.</summary>
public sealed class FigureTally
{
    private readonly BatchFacts _batch;
    private readonly StageTally[] _stages;
    private readonly DurationSample _durations = new();
    private double _done;
    private double _left;
    private long _outputs;

    /// <summary>A tally without anything in it.</summary>
    /// <param name="batch">Whose figures.</param>
    public FigureTally(BatchFacts batch)
    {
        _batch = batch;
        _stages = new StageTally[Math.Max(batch.Stages.Count, 1)];
        for (var i = 0; i < _stages.Length; i++) _stages[i] = new StageTally();
    }

    /// <summary>Counts a task.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="stage">The position of its stage.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="duration">How long its attempts ran, in microseconds.</param>
    /// <param name="outputs">Files it recorded.</param>
    /// <param name="category">The category of its last error.</param>
    public void AddTask(JournalTaskStatus status, int stage, double weight, long? duration, long outputs, JournalErrorCategory category)
    {
        var own = At(stage);
        if (!status.HasEnded()) _left += weight;
        else _done += weight;
        for (var passed = 0; passed < stage; passed++) _stages[passed].Done++;
        own.Add(status);
        // Whose worker died too often, its last attempt did not fail.
        if (status is JournalTaskStatus.Failed && category is not JournalErrorCategory.Abandoned) own.GivenUp++;
        if (status != JournalTaskStatus.Completed) return;
        for (var passed = stage + 1; passed < _stages.Length; passed++) _stages[passed].Done++;
        if (duration is { } known) _durations.Add(known);
        _outputs += outputs;
    }

    /// <summary>Counts an attempt that has ended.</summary>
    /// <param name="stage">The position of its stage.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="duration">How long it ran, in microseconds.</param>
    public void AddAttempt(int stage, JournalAttemptOutcome outcome, long duration)
    {
        if (outcome == JournalAttemptOutcome.Failed) At(stage).FailedAttempts++;
        // An attempt without any length was imported from where only its end was known.
        if (outcome == JournalAttemptOutcome.Completed && duration > 0) At(stage).Durations.Add(duration);
    }

    /// <summary>The figures.</summary>
    /// <param name="activeTime">Microseconds that attempts have run.</param>
    /// <param name="errors">Failed tasks by error.</param>
    /// <param name="quota">Quota by project.</param>
    public BatchFigures ToFigures(long activeTime, IReadOnlyList<JournalErrorSummary> errors, IReadOnlyList<KeyValuePair<string?, double>> quota) => new(
        _durations.ToFigures(), _done, _left, Micros.ToSpan(activeTime), errors,
        [.. _stages.Select((stage, index) => stage.ToSummary(_batch.StageAt(index)))], _outputs, quota);

    // A damaged file may name any.
    private StageTally At(int stage) =>
        stage >= 0 && stage < _stages.Length ? _stages[stage] : throw new ArgumentOutOfRangeException(nameof(stage), stage, $"Batch '{_batch.Id}' has {Amount.Of(_batch.Stages.Count, "stage")}.");

    private sealed class StageTally
    {
        private long _waiting;
        private long _running;
        private long _failed;

        public long Done { get; set; }

        public long FailedAttempts { get; set; }

        public long GivenUp { get; set; }

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

        public JournalStageSummary ToSummary(string? name)
        {
            var durations = Durations.ToFigures();
            return new(name ?? "", _waiting, _running, Done, _failed, Math.Max(0, FailedAttempts - GivenUp), FailedAttempts, durations.Mean, durations.Median, durations.P95);
        }
    }
}
