using Journal.Storage;

namespace Journal.Runs;

/// <summary>Which batch a line that names one means; docs/running.md, "Which batch", has the table.</summary>
public enum RunMode
{
    /// <summary>The newest resumable batch of the name, else a new one.</summary>
    ResumeOrNew,

    /// <summary>The newest resumable batch of the name, else an error.</summary>
    Resume,

    /// <summary>A new one.</summary>
    New,

    /// <summary>The newest batch of the name, all over, else a new one.</summary>
    Force,

    /// <summary>The newest incomplete batch of the name, else a new one; its inputs are those that <see cref="EarlierRuns"/> does not leave out.</summary>
    Incremental,

    /// <summary>The newest batch of the name, complete or not, after the outputs of its completed tasks were looked at; else a new one.</summary>
    VerifyOutput,
}

/// <summary>What the line that runs a batch says about it. Members that are null were not said.</summary>
/// <param name="Name">The batch's name.</param>
/// <param name="Stages">The stages of the work.</param>
public sealed record RunDefinition(string Name, JsonList Stages)
{
    /// <summary>Where the inputs come from.</summary>
    public string? InputSource { get; init; }

    /// <summary>What the inputs are.</summary>
    public string? SourceType { get; init; }

    /// <summary>How keys are found; null where the inputs are keys. Compared only when there is an input source.</summary>
    public string? KeyExpression { get; init; }

    /// <summary>The settings of the work.</summary>
    public JsonMap? Settings { get; init; }
}

/// <summary>What was chosen.</summary>
/// <param name="Existing">The batch to go on with; null for a new one.</param>
/// <param name="StartOver">Every ended task of it is requeued, and what the line says replaces what it began with.</param>
public readonly record struct BatchChoice(JournalBatch? Existing, bool StartOver);

/// <summary>Chooses the batch that a line means, and refuses one that began as something else.</summary>
public static class BatchSelection
{
    /// <summary>Chooses by name.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="definition">What the line says.</param>
    /// <param name="mode">Which batch it means.</param>
    /// <param name="isUndelivered">Whether a complete batch has results that a run of the line would still write: such a batch is gone on with.</param>
    /// <exception cref="JournalException">NothingToResume, InputSourceChanged, SettingChanged, StagesChanged.</exception>
    public static BatchChoice Choose(IJournalStore store, RunDefinition definition, RunMode mode, Func<JournalBatch, bool>? isUndelivered = null)
    {
        if (mode is RunMode.New) return new BatchChoice(null, false);
        var newest = Newest(store, definition.Name, Candidates(mode));
        if (isUndelivered is not null && Newest(store, definition.Name, among: null) is { Status: JournalBatchStatus.Completed } latest && isUndelivered(latest)) newest = latest;
        if (newest is null)
        {
            if (mode is RunMode.Resume) throw JournalErrors.NothingToResume(definition.Name, WhyNothing(store, definition.Name));
            return new BatchChoice(null, false);
        }

        return Accept(newest, definition, mode);
    }

    /// <summary>The newest batch of a name, whatever became of it; null where there is none.</summary>
    public static JournalBatch? NewestOf(IJournalStore store, string name) => name.Length == 0 ? null : Newest(store, name, among: null);

    /// <summary>Chooses a batch that the line gives by its id; settings that it does not give are those of the batch.</summary>
    /// <exception cref="JournalException">InputSourceChanged, SettingChanged, StagesChanged.</exception>
    public static BatchChoice Choose(JournalBatch batch, RunDefinition definition, RunMode mode) =>
        Accept(batch, definition.Settings is null ? definition with { Settings = batch.Settings } : definition, mode);

    private static BatchChoice Accept(JournalBatch batch, RunDefinition definition, RunMode mode)
    {
        if (mode is RunMode.Force)
        {
            // Tasks remember the stage they wait for by its place, so stages cannot be exchanged under them.
            RefuseOtherStages(batch, definition);
            return new BatchChoice(batch, true);
        }

        RefuseOther(batch, definition);
        return new BatchChoice(batch, false);
    }

    private static void RefuseOther(JournalBatch batch, RunDefinition definition)
    {
        RefuseOtherStages(batch, definition);
        if (definition.InputSource is not null)
        {
            Compare("the source", batch.InputSource, definition.InputSource);
            Compare("the source type", batch.SourceType, definition.SourceType);
            if (batch.InputSource is not null) Compare("-Key", batch.KeyExpression ?? "(the input itself)", definition.KeyExpression ?? "(the input itself)");
        }

        if (SettingsDifference(batch.Settings, definition.Settings ?? JsonMap.Empty) is { } difference)
        {
            throw JournalErrors.SettingChanged(batch.Id, difference);
        }

        void Compare(string what, string? was, string? now)
        {
            if (was is not null && now is not null && was != now) throw JournalErrors.InputSourceChanged(batch.Id, $"{what} was '{was}' and is '{now}'");
        }
    }

    /// <summary>The first difference of two hashtables of settings, in words; null when they are alike.</summary>
    public static string? SettingsDifference(JsonMap was, JsonMap now)
    {
        foreach (var name in was.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase))
        {
            var (before, after) = (was.JsonOf(name), now.JsonOf(name));
            if (before is null || after is null || Differ(before, after)) return $"{name} was {Shown(before)} and is {Shown(after)}";
        }

        return null;
    }

    /// <summary>Whether two kept values are not alike. Neither the order of names in a hashtable nor how an older release wrote a date makes a difference.</summary>
    internal static bool Differ(string before, string after) => before != after && KeptValues.Canonical(before, withTypes: false) != KeptValues.Canonical(after, withTypes: false);

    private static string Shown(string? json) => json is null ? "not set" : KeptValues.Canonical(json, withTypes: false);

    private static void RefuseOtherStages(JournalBatch batch, RunDefinition definition)
    {
        if (!batch.Stages.SequenceEqual(definition.Stages, StringComparer.OrdinalIgnoreCase)) throw JournalErrors.StagesChanged(batch.Id, batch.Stages, definition.Stages);
    }

    private static JournalBatchStatus[]? Candidates(RunMode mode) => mode switch
    {
        RunMode.Force => null,
        RunMode.VerifyOutput => [.. Enum.GetValues<JournalBatchStatus>().Where(static status => status is not JournalBatchStatus.Canceled)],
        RunMode.Incremental => [JournalBatchStatus.Ready, JournalBatchStatus.Running, JournalBatchStatus.Paused],
        _ => [JournalBatchStatus.Ready, JournalBatchStatus.Running, JournalBatchStatus.Paused, JournalBatchStatus.Failed],
    };

    private static JournalBatch? Newest(IJournalStore store, string name, JournalBatchStatus[]? among) =>
        store.ReadBatches(BatchQuery.NewestOf(name) with { Statuses = among }).FirstOrDefault();

    private static string WhyNothing(IJournalStore store, string name) => Newest(store, name, among: null) switch
    {
        null => "there is no batch of this name.",
        { Status: JournalBatchStatus.Completed } done => $"'{done.Id}' is complete ({done.Completed + done.Skipped}/{done.Total}).",
        var other => $"'{other.Id}' is {other.Status}.",
    };
}
