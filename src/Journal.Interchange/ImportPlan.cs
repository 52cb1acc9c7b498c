using System.Globalization;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange;

/// <summary>
/// Where the batches of a file belong in a journal: one that is there already is found again, so that nothing comes in twice; another one with
/// the same id is never touched.
/// </summary>
public static class ImportPlan
{
    /// <summary>The batches under the ids that they have, or get, in the journal.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="store">The journal; null for one that does not exist yet.</param>
    public static IReadOnlyList<FullBatch> Place(ImportedFile file, IJournalStore? store)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. file.Batches.Select(batch => Place(batch, store, taken))];
    }

    /// <summary>What an import would bring, without doing it.</summary>
    /// <param name="batch">A batch that <see cref="Place(ImportedFile, IJournalStore?)"/> gave.</param>
    /// <param name="store">The journal; null for one that does not exist yet.</param>
    public static ImportResult Foresee(FullBatch batch, IJournalStore? store)
    {
        var id = batch.Batch.Id;
        var exists = store?.FindBatch(id) is not null;
        var keys = exists ? store!.ReadTasks(new TaskQuery { BatchIds = [id] }).Select(static task => task.Key).ToHashSet(StringComparer.Ordinal) : [];
        var tasks = batch.Tasks.ToList();
        var added = tasks.FindAll(task => !keys.Contains(task.Task.Key));
        return new ImportResult(
            id, !exists, added.Count, tasks.Count - added.Count, added.Sum(static task => (long)task.Attempts.Count),
            added.Sum(static task => (long)task.Events.Count) + (exists ? 0 : batch.Events.Count));
    }

    private static FullBatch Place(FullBatch whole, IJournalStore? store, HashSet<string> taken)
    {
        var batch = whole.Batch;
        var origin = OriginOf(batch);
        if (store is not null && Known(batch, origin, store) is { } known)
        {
            taken.Add(known);
            return whole with { Batch = batch with { Id = known } };
        }

        // The id of another batch: the same suffix as for a new batch.
        var id = batch.Id;
        for (var suffix = 2; !taken.Add(id) || store?.FindBatch(id) is not null; suffix++) id = string.Create(CultureInfo.InvariantCulture, $"{batch.Id}-{suffix}");
        if (id == batch.Id || origin is not null) return whole with { Batch = batch with { Id = id } };
        // Without this mark the next import would not find it under its new id.
        var mark = new Dictionary<string, object?> { ["format"] = "Journal", ["path"] = whole.Source, ["origin"] = OwnOrigin(batch) };
        return whole with { Batch = batch with { Id = id, Metadata = batch.Metadata.With(JsonMap.From([new(SourceBatch.OriginMember, mark)])) } };
    }

    private static string? Known(JournalBatch batch, string? origin, IJournalStore store)
    {
        if (origin is null && store.FindBatch(batch.Id) is { } same && Instant(same) == Instant(batch)) return same.Id;
        var sought = origin ?? OwnOrigin(batch);
        return store.ReadBatches(new BatchQuery { Names = [TextPattern.Name(batch.Name)] }).FirstOrDefault(found => OriginOf(found) == sought)?.Id;
    }

    private static string OwnOrigin(JournalBatch batch) => string.Create(CultureInfo.InvariantCulture, $"{batch.Id} {Instant(batch)}");

    // To the microsecond: what a journal keeps of a time.
    private static long Instant(JournalBatch batch) => batch.CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static string? OriginOf(JournalBatch batch) =>
        batch.Metadata.TryGetValue(SourceBatch.OriginMember, out var value) && value is IReadOnlyDictionary<string, object?> members && members.TryGetValue("origin", out var origin)
            ? origin as string
            : null;
}
