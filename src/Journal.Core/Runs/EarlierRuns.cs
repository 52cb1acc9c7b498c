using Journal.Statistics;
using Journal.Storage;

namespace Journal.Runs;

/// <summary>What earlier batches say of an input.</summary>
/// <param name="LeavesOut">Whether it was completed, and nothing has changed since.</param>
/// <param name="Kind">The reason in a word or two.</param>
/// <param name="Why">The reason in full.</param>
public readonly record struct EarlierAnswer(bool LeavesOut, string Kind, string Why);

/// <summary>What earlier batches of a name have completed: an incremental run leaves it out.</summary>
/// <remarks>
/// Of a batch that <c>Remove-StaleJournalBatch</c> removed, the completions that no later batch repeats stay as a checkpoint of the journal, see
/// <see cref="Keep"/>. Memory grows with the number of keys.
/// </remarks>
public sealed class EarlierRuns
{
    private const string KeptPrefix = "_journal.completed.";

    private readonly IJournalStore _store;
    private readonly OutputCheck _check;
    private readonly Dictionary<string, long> _leftOut = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Completion> _completions = new(StringComparer.Ordinal);

    private EarlierRuns(IJournalStore store, OutputCheck check) => (_store, _check) = (store, check);

    /// <summary>Inputs that were left out so far.</summary>
    public long LeftOut => _leftOut.Values.Sum();

    /// <summary>Those that other batches than this one had completed.</summary>
    public long LeftOutBut(string? batchId) => LeftOut - (batchId is null ? 0 : _leftOut.GetValueOrDefault(batchId));

    /// <summary>Reads what the batches of a name have completed.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="name">The name.</param>
    /// <param name="check">How closely to look at the outputs of what was completed.</param>
    public static EarlierRuns Read(IJournalStore store, string name, OutputCheck check = OutputCheck.None)
    {
        var earlier = new EarlierRuns(store, check);
        foreach (var kept in ReadKept(store, kept => string.Equals(kept, name, StringComparison.OrdinalIgnoreCase)))
        {
            earlier._completions[kept.Key] = new Completion(kept.BatchId, ReservedMetadata.Fingerprint(kept.Metadata), kept.EndedAt, 0, new KeptOutputs(kept.Outputs, kept.Metadata));
        }

        foreach (var batch in BatchesOf(store, name)) earlier.Add(batch);
        return earlier;
    }

    /// <summary>The keys of what is done: completed or skipped by a task, or completed in a batch that was removed since and is remembered. Memory grows with their number.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="names">By batches of these names; null for all.</param>
    /// <param name="stop">Ends the reading.</param>
    public static HashSet<string> ReadDone(IJournalStore store, IReadOnlyList<TextPattern>? names, CancellationToken stop)
    {
        var done = ReadKept(store, kept => names?.Any(name => name.Matches(kept)) != false).Select(static kept => kept.Key).ToHashSet(StringComparer.Ordinal);
        var batches = names is null ? null : store.ReadBatches(new BatchQuery { Names = names }).Select(static batch => batch.Id).ToList();
        if (batches is { Count: 0 }) return done;
        foreach (var task in store.ReadTasks(new TaskQuery { BatchIds = batches, Statuses = [JournalTaskStatus.Completed, JournalTaskStatus.Skipped] }))
        {
            stop.ThrowIfCancellationRequested();
            done.Add(task.Key);
        }

        return done;
    }

    /// <summary>What is remembered of completed tasks whose batches were removed.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="wanted">Of batches of which names; null for all.</param>
    internal static IEnumerable<RememberedTask> ReadKept(IJournalStore store, Func<string, bool>? wanted = null)
    {
        foreach (var checkpoint in store.ReadCheckpoints(null).Where(static checkpoint => checkpoint.Name.StartsWith(KeptPrefix, StringComparison.Ordinal)))
        {
            var kept = JsonMap.Parse(checkpoint.Json);
            if (wanted?.Invoke(kept.GetValueOrDefault("name") as string ?? "") == false) continue;
            var batch = kept.GetValueOrDefault("batch") as string ?? "";
            var tasks = JsonMap.Parse(kept.GetValueOrDefault("tasks") as string);
            foreach (var key in tasks.Keys)
            {
                // As plain JSON: what a member is to a script is another thing.
                if (tasks.JsonOf(key) is not { } json || JsonValues.ParseStored(json) is not Dictionary<string, object?> task) continue;
                var metadata = JsonMap.From([new(ReservedMetadata.Name, task.GetValueOrDefault(ReservedMetadata.Name))]);
                var ended = task.GetValueOrDefault("endedAt") is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : (DateTimeOffset?)null;
                yield return new RememberedTask(batch, key, JsonList.Parse(task.GetValueOrDefault("outputs") as string), metadata, ended) { Files = JsonList.Parse(task.GetValueOrDefault("files") as string) };
            }
        }
    }

    /// <summary>The checkpoint of the journal in which it is remembered what a removed batch completed.</summary>
    public static string MemoryOf(string batchId) => KeptPrefix + batchId;

    /// <summary>The checkpoints of the journal that remember what removed batches completed.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="names">Of batches of which names; null for all.</param>
    public static IReadOnlyList<JournalCheckpoint> ReadMemory(IJournalStore store, IReadOnlyCollection<string>? names) =>
    [
        .. store.ReadCheckpoints(null).Where(checkpoint => checkpoint.Name.StartsWith(KeptPrefix, StringComparison.Ordinal)
            && names?.Contains(JsonMap.Parse(checkpoint.Json).GetValueOrDefault("name") as string ?? "", StringComparer.OrdinalIgnoreCase) != false),
    ];

    /// <summary>Takes over what another journal remembers, where this one has neither the batch nor a newer memory of it.</summary>
    /// <param name="store">The journal; open for writing.</param>
    /// <param name="memory">What <see cref="ReadMemory"/> gave there.</param>
    /// <returns>Of how many removed batches.</returns>
    public static int TakeMemory(IJournalStore store, IReadOnlyList<JournalCheckpoint> memory)
    {
        var taken = 0;
        foreach (var checkpoint in memory)
        {
            // Its own time is that of the batch's creation; another batch may have got the id since.
            if (store.FindBatch(checkpoint.Name[KeptPrefix.Length..])?.CreatedAt == checkpoint.UpdatedAt || (store.FindCheckpoint(null, checkpoint.Name) is { } there && there.UpdatedAt >= checkpoint.UpdatedAt)) continue;
            store.SetCheckpoint(null, checkpoint.Name, checkpoint.Json, checkpoint.UpdatedAt);
            taken++;
        }

        return taken;
    }

    /// <summary>What earlier batches say of an input; null where they never completed it.</summary>
    /// <param name="task">The input.</param>
    /// <param name="asBefore">Its fingerprint as releases before made it; see <see cref="ReservedMetadata.IsSameFingerprint"/>.</param>
    public EarlierAnswer? Of(NewTask task, string? asBefore = null)
    {
        if (!_completions.TryGetValue(task.Key, out var known)) return null;
        if (ReservedMetadata.Fingerprint(task.Metadata) is { } present && !(known.Fingerprint is { } recorded && ReservedMetadata.IsSameFingerprint(recorded, present, asBefore)))
        {
            // A value that JSON has no type for is no text that people read.
            var shown = known.Fingerprint is { } old && !$"{old}{present}".Contains(KeptValues.TypeMember, StringComparison.Ordinal) ? $": its fingerprint was '{old}' and is '{present}'" : "";
            return known.Fingerprint is not null
                ? new(false, "changed", $"changed since '{known.BatchId}' completed it{shown}")
                : new(false, "never fingerprinted", $"completed by '{known.BatchId}', but without a fingerprint to compare with");
        }

        if (LostOutput(known) is { } lost) return new(false, "output lost", $"completed by '{known.BatchId}', but its output is lost: {lost}");
        _leftOut[known.BatchId] = _leftOut.GetValueOrDefault(known.BatchId) + 1;
        var age = known.EndedAt is { } ended ? " " + RelativeTime.Age(_store.Now - ended) : "";
        return new(true, "completed before", $"completed by '{known.BatchId}'{age}");
    }

    /// <summary>
    /// Before a batch is removed whose name is run incrementally: notes, in a checkpoint of the journal, what it completed and no later batch of the name
    /// did. Does nothing for another batch.
    /// </summary>
    public static void Keep(IJournalStore store, JournalBatch batch)
    {
        var batches = BatchesOf(store, batch.Name);
        if (!batches.Exists(static other => other.Options.Incremental)) return;
        var later = batches.SkipWhile(other => other.Id != batch.Id).Skip(1).Select(static other => other.Id).ToList();
        var repeated = later.Count == 0 ? [] : Completed(store, later).Select(static task => task.Key).ToHashSet(StringComparer.Ordinal);
        var kept = Completed(store, [batch.Id]).Where(task => !repeated.Contains(task.Key)).Select(static task => new KeyValuePair<string, object?>(task.Key, new Dictionary<string, object?>
        {
            ["endedAt"] = task.EndedAt?.ToUnixTimeMilliseconds(),
            ["outputs"] = task.Outputs.ToString(),
            // What no run asks for, and whoever looks for files without a task must know.
            ["files"] = FilesOf(task),
            [ReservedMetadata.Name] = task.Metadata.JsonOf(ReservedMetadata.Name) is { } own ? JsonValues.ParseStored(own) : null,
        })).ToList();
        if (kept.Count == 0) return;
        var tasks = JsonMap.From(kept);
        store.SetCheckpoint(null, KeptPrefix + batch.Id, JsonMap.From([new("name", batch.Name), new("batch", batch.Id), new("tasks", tasks.Json)]).Json, batch.CreatedAt);
    }

    // The files that the task names anywhere, by their full paths; null where there are none but its key, which is kept anyway.
    private static string? FilesOf(JournalTask task)
    {
        var input = task.StoredInput.Kind is TaskInputKind.Json ? KnownFiles.TextsIn(task.StoredInput.Text) : [task.StoredInput.Text];
        var files = input.Concat(KnownFiles.TextsIn(task.Metadata.Json)).Append(task.TargetId ?? "")
            .Where(text => text != task.Key && Path.IsPathFullyQualified(text)).Distinct(StringComparer.Ordinal).ToList();
        return files.Count == 0 ? null : JsonList.From(files).ToString();
    }

    private void Add(JournalBatch batch)
    {
        foreach (var task in Completed(_store, [batch.Id]))
        {
            _completions[task.Key] = new Completion(batch.Id, ReservedMetadata.Fingerprint(task.Metadata), task.EndedAt, task.Id, null);
        }
    }

    private string? LostOutput(Completion known)
    {
        if (_check is OutputCheck.None) return null;
        if (known.Kept is not { } kept) return _store.FindTask(known.TaskId) is { } task ? OutputVerification.DifferenceOf(task, _check) : null;
        return kept.Outputs.Select(path => ReservedMetadata.Difference(kept.Metadata, path, _check)).FirstOrDefault(static text => text is not null);
    }

    private static List<JournalBatch> BatchesOf(IJournalStore store, string name) =>
        [.. store.ReadBatches(new BatchQuery { Names = [TextPattern.Name(name)], OldestFirst = true })];

    private static IEnumerable<JournalTask> Completed(IJournalStore store, IReadOnlyList<string> batches) =>
        store.ReadTasks(new TaskQuery { BatchIds = batches, Statuses = [JournalTaskStatus.Completed] });

    /// <summary>A completed task whose batch was removed.</summary>
    internal readonly record struct RememberedTask(string BatchId, string Key, JsonList Outputs, JsonMap Metadata, DateTimeOffset? EndedAt)
    {
        /// <summary>The files that it named, besides its key and its outputs.</summary>
        public JsonList Files { get; init; } = JsonList.Empty;
    }

    private sealed record KeptOutputs(JsonList Outputs, JsonMap Metadata);

    private readonly record struct Completion(string BatchId, string? Fingerprint, DateTimeOffset? EndedAt, long TaskId, KeptOutputs? Kept);
}
