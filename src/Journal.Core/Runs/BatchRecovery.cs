using Journal.Lifecycle;
using Journal.Policy;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Runs;

/// <summary>A task that recovery took from a dead worker.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Key">Its key.</param>
/// <param name="Worker">Who held it.</param>
/// <param name="Reason">Why it was taken.</param>
/// <param name="Abandoned">Whether it was failed because its workers died too often.</param>
/// <param name="Files">What became of the temporary files it had registered.</param>
/// <param name="HasDied">Whether its worker is known to be dead; else its lease had run out.</param>
/// <param name="Programs">Programs that its worker's tasks had left running and that were ended; on the first task of each worker.</param>
public sealed record RecoveredTask(
    long TaskId, string BatchId, string Key, string? Worker, string Reason, bool Abandoned, IReadOnlyList<WorkFileResult> Files, bool HasDied, IReadOnlyList<string> Programs);

/// <summary>Takes tasks back from workers that are dead or have lost their lease, and from nobody else.</summary>
public static class BatchRecovery
{
    /// <summary>Waits until no task of a paused batch is in progress any more. Tasks of workers that died are taken back meanwhile.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="batchId">The batch.</param>
    /// <param name="processes">Who lives.</param>
    /// <param name="interval">How often to look.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The batch: idle, or paused no longer.</returns>
    /// <exception cref="JournalException">BatchNotFound: it was removed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The wait was stopped.</exception>
    public static JournalBatch AwaitIdle(IJournalStore store, string batchId, IProcessTable processes, TimeSpan interval, CancellationToken stop)
    {
        while (true)
        {
            Recover(store, batchId, processes, null);
            var batch = store.RequireBatch(batchId);
            if (batch.InProgress == 0 || batch.Status is not JournalBatchStatus.Paused) return batch;
            if (stop.WaitHandle.WaitOne(interval)) stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Recovers what can be recovered: ends the programs that the dead attempts left running, and deletes the temporary files that they left in their
    /// batch's work directory.
    /// </summary>
    /// <param name="store">The journal.</param>
    /// <param name="batchId">In one batch, or null for all.</param>
    /// <param name="processes">Who lives.</param>
    /// <param name="by">Who recovers; its own tasks are left alone.</param>
    /// <returns>The tasks that were taken, in the order of their ids.</returns>
    public static IReadOnlyList<RecoveredTask> Recover(IJournalStore store, string? batchId, IProcessTable processes, WorkerIdentity? by)
    {
        var moves = new List<TaskMove>();
        var tasks = new List<InFlightTask>();
        var dead = new HashSet<long>();
        foreach (var task in store.ReadInFlight(batchId))
        {
            if (by is not null && task.Worker == by) continue;
            var liveness = processes.Probe(task.Worker, store.Location);
            if (RecoveryPolicy.Decide(task, liveness) is not { } move) continue;
            if (liveness is Liveness.Dead) dead.Add(task.TaskId);
            moves.Add(move);
            tasks.Add(task);
        }

        if (moves.Count == 0) return [];
        // Before the tasks are given back: whoever claims one then starts the same programs, and may use the same file names.
        var programs = EndPrograms(store, tasks, processes);
        var files = tasks.ConvertAll(task => DeleteTempFiles(store, task));
        var results = store.Apply(moves, by);
        var recovered = new List<RecoveredTask>();
        for (var i = 0; i < moves.Count; i++)
        {
            // One that was not applied ended, or was recovered by somebody else, in the same moment.
            if (results[i].Outcome is not MoveOutcome.Applied) continue;
            var ended = tasks[i].Worker is { } worker && programs.Remove(worker, out var left) ? left : [];
            recovered.Add(new RecoveredTask(
                tasks[i].TaskId, tasks[i].BatchId, tasks[i].Key, tasks[i].Worker?.Name, moves[i].Reason ?? "", moves[i].Kind is TaskMoveKind.Abandon, files[i], dead.Contains(moves[i].TaskId), ended));
        }

        return recovered;
    }

    /// <summary>What a run says of them.</summary>
    public static string Words(IReadOnlyList<RecoveredTask> recovered)
    {
        var abandoned = recovered.Count(static task => task.Abandoned);
        // A lease runs out where a worker was cut off or frozen: it may live.
        var died = recovered.Count(static task => task.HasDied);
        var what = $"{Amount.Of(recovered.Count, "task")} {(recovered.Count == 1 ? "whose worker" : "whose workers")} {(died == recovered.Count ? "had died" : died == 0 ? "had not been heard of for the length of a lease" : "had died, or had not been heard of for the length of a lease")}";
        var programs = recovered.SelectMany(static task => task.Programs).ToList();
        return $"Recovered {what}" + (abandoned > 0 ? $"; {abandoned} of them failed as Abandoned, see -OnCrash." : ".") + ProgramWords(programs) + FileWords([.. recovered.SelectMany(static task => task.Files)]);
    }

    // Only in the directory that the batch names for them is anything deleted by its path.
    private static string FileWords(IReadOnlyList<WorkFileResult> files)
    {
        var deleted = files.Count(static file => file.Deleted);
        var words = deleted == 0 ? "" : $" {Amount.Of(deleted, "temporary file")} of theirs {(deleted == 1 ? "was" : "were")} deleted.";
        return files.Where(static file => !file.Deleted).Select(static file => (WorkFileResult?)file).FirstOrDefault() is { } left
            ? $"{words} {Amount.Of(files.Count - deleted, "temporary file")} of theirs {(files.Count - deleted == 1 ? "was" : "were")} not: '{left.Path}', because {left.Reason?.TrimEnd('.')}."
            : words;
    }

    private static string ProgramWords(List<string> programs)
    {
        const int named = 5;
        if (programs.Count == 0) return "";
        var names = string.Join(", ", programs.Take(named)) + (programs.Count > named ? $" and {programs.Count - named} more" : "");
        return programs.Count is 1 ? $" A program that they had left running was ended: {names}." : $" {programs.Count} programs that they had left running were ended: {names}.";
    }

    private static Dictionary<WorkerIdentity, IReadOnlyList<string>> EndPrograms(IJournalStore store, List<InFlightTask> tasks, IProcessTable processes)
    {
        var programs = new Dictionary<WorkerIdentity, IReadOnlyList<string>>();
        var gone = tasks.Where(static task => task.Worker is not null).GroupBy(static task => task.Worker!).ToList();
        var others = store.ReadInFlight(null).Select(static task => task.Worker).OfType<WorkerIdentity>().Distinct().Where(worker => !gone.Exists(held => held.Key == worker)).ToList();
        foreach (var held in gone)
        {
            // By one clock, the journal's.
            if (processes.EndPrograms(held.Key, store.Now - held.Min(static task => task.ClaimedAt), others) is { Count: > 0 } ended) programs[held.Key] = ended;
        }

        return programs;
    }

    private static IReadOnlyList<WorkFileResult> DeleteTempFiles(IJournalStore store, InFlightTask task)
    {
        var files = store.ReadTempFiles(task.TaskId);
        if (files.Count == 0) return [];
        var results = WorkFiles.Delete(files, task.Options.WorkDirectory);
        store.ClearTempFiles(task.TaskId);
        return results;
    }
}
