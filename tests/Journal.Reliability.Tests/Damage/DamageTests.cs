using Journal.Sqlite;
using Journal.Storage;

namespace Journal.Reliability.Tests.Damage;

/// <summary>A damaged journal gives its data or a clear error, says that it is damaged when asked, and is saved as far as it can be read.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Places = 300;

    private static readonly string[] Clear =
    [
        nameof(JournalErrors.JournalCorrupt), nameof(JournalErrors.NotAJournal), nameof(JournalErrors.JournalTooNew), nameof(JournalErrors.JournalNotFound),
        nameof(JournalErrors.UnreadableJson), nameof(JournalErrors.JournalWriteFailed), nameof(JournalErrors.BatchNotFound), nameof(JournalErrors.TaskNotFound), nameof(JournalErrors.StageNotFound), nameof(JournalErrors.IllegalBatchMove),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("journal-damage-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Every_member_of_a_store_is_tried() =>
        Assert.Empty(typeof(IJournalStore).GetMethods().Where(static method => !method.IsSpecialName).Select(static method => method.Name).Except(StoreOperations.All.Select(static operation => operation.Member)));

    [Fact]
    public void Whatever_is_done_to_a_damaged_file_either_works_or_raises_a_clear_error()
    {
        var sound = Path.Combine(_directory, "sound.db");
        SampleJournal.Make(sound);
        var findings = new List<string>();
        for (var seed = 0; seed < Places; seed++) Try(seed, sound, "", findings);
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public void A_damaged_log_loses_its_end_and_nothing_else()
    {
        var open = Path.Combine(_directory, "open.db");
        var sound = Path.Combine(_directory, "sound.db");
        SampleJournal.Make(open, () =>
        {
            File.Copy(open, sound);
            File.Copy(open + "-wal", sound + "-wal");
        });
        var findings = new List<string>();
        for (var seed = 0; seed < Places / 3; seed++) Try(seed, sound, "-wal", findings);
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public void What_the_check_calls_sound_is_sound()
    {
        var sound = Path.Combine(_directory, "sound.db");
        SampleJournal.Make(sound);
        var facts = Facts(sound);
        var findings = new List<string>();
        for (var seed = 0; seed < Places; seed++)
        {
            var path = Copy(sound, $"check{seed}");
            var harm = Harm.Do(path, new Random(seed));
            try
            {
                using (var store = Open(path)) if (store.Check().Count > 0) continue;
                if (Facts(path) != facts) findings.Add($"{seed}, {harm}: the check finds nothing, and the tasks are others.");
            }
            catch (JournalException e) when (Clear.Contains(e.ErrorId))
            {
                // It was noticed.
            }
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    private void Try(int seed, string sound, string part, List<string> findings)
    {
        var path = Copy(sound, $"{seed}{part}");
        var harm = Harm.Do(path + part, new Random(seed));
        try
        {
            using var store = Open(path);
            foreach (var (member, call) in StoreOperations.All) Guard(() => call(store), $"{seed}, {harm}, {member}", findings);
        }
        catch (JournalException e)
        {
            if (!Clear.Contains(e.ErrorId)) findings.Add($"{seed}, {harm}, open: {e.ErrorId}: {e.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            findings.Add($"{seed}, {harm}, open: {Describe(e)}");
        }

        // Damaged anew, for what was done above may have made it worse.
        path = Copy(sound, $"{seed}{part}r");
        Harm.Do(path + part, new Random(seed));
        Guard(() => Repair(path), $"{seed}, {harm}, repair", findings);
    }

    private static void Repair(string path)
    {
        var aside = path + ".corrupt";
        var before = File.ReadAllBytes(path);
        var report = new SqliteStoreFactory().Repair(new StoreOptions(path, StoreAccess.Create), aside);
        Assert.NotEmpty(report);
        Assert.Equal(before, File.ReadAllBytes(aside));
        using var store = Open(path);
        var problems = store.Check();
        Assert.True(problems.Count == 0, "After the repair: " + string.Join(" ", problems.Take(3)) + " / " + string.Join(" ", report));
    }

    private static void Guard(Action action, string what, List<string> findings)
    {
        try
        {
            action();
        }
        catch (JournalException e)
        {
            if (!Clear.Contains(e.ErrorId)) findings.Add($"{what}: {e.ErrorId}: {e.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            findings.Add($"{what}: {Describe(e)}");
        }
    }

    private static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message}\n{string.Join('\n', (e.StackTrace ?? "").Split('\n').Take(6))}";

    private static string Facts(string path)
    {
        using var store = Open(path);
        var batches = store.ReadBatches(new BatchQuery()).Select(static batch => $"{batch.Id} {batch.Status} {batch.Counts}");
        var tasks = store.ReadTasks(TaskQuery.All).Select(static task => $"{task.Id} {task.Key} {task.Status} {task.Stage} {task.Token}");
        var attempts = store.ReadAttempts(new AttemptQuery()).Select(static attempt => $"{attempt.TaskId} {attempt.Number} {attempt.Outcome}");
        return string.Join('\n', batches.Concat(tasks).Concat(attempts));
    }

    private string Copy(string sound, string name)
    {
        var path = Path.Combine(_directory, name + ".db");
        File.Copy(sound, path, overwrite: true);
        if (File.Exists(sound + "-wal")) File.Copy(sound + "-wal", path + "-wal", overwrite: true);
        return path;
    }

    private static IJournalStore Open(string path) => new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Write) { Durability = Durability.Normal, LockTimeout = TimeSpan.FromSeconds(2) });
}
