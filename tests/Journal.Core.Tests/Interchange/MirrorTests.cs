using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Tests.Interchange;

/// <summary>A mirror shows what is in the journal, and where it does not, that is found.</summary>
public class MirrorTests : InterchangeFixture
{
    private string Mirror => Path.Combine(Folder, "mirror");

    private MirrorResult Write(IJournalStore store, DateTimeOffset? compressBefore = null, bool replace = false) =>
        new MirrorExport(store, Mirror, Yaml).Write(store.ReadBatches(new BatchQuery()).ToList(), compressBefore, replace, CancellationToken.None);

    private List<string> Problems(IJournalStore store) => MirrorCheck.Run(store, Mirror, Yaml, CancellationToken.None).ToList();

    private string[] Files(string ending) => Directory.GetFiles(Mirror, "*" + ending, SearchOption.AllDirectories);

    private IJournalStore Filled()
    {
        var store = NewStore();
        Import(store, ReadSample("job-log.json"));
        return store;
    }

    [Fact]
    public void Only_what_has_changed_is_written_again()
    {
        var store = Filled();
        Assert.Equal(new MirrorResult(3, 0, 0), Write(store));
        Assert.Equal(new MirrorResult(0, 3, 0), Write(store));
        var failed = store.ReadTasks(new TaskQuery { Statuses = [JournalTaskStatus.Failed] }).Single();
        store.Apply([TaskMove.Requeue(failed.Id, "again")]);
        Assert.Equal(new MirrorResult(1, 2, 0), Write(store));
        File.Delete(Files(".yaml")[0]);
        Assert.Equal(new MirrorResult(1, 2, 0), Write(store));
        Assert.Empty(Problems(store));
    }

    [Fact]
    public void The_folder_of_a_file_is_the_year_of_its_item()
    {
        var store = NewStore();
        Import(store, ReadSample("systems/episodes"));
        Write(store);
        Assert.Equal(["2004", "2005"], Directory.GetDirectories(Mirror).Select(Path.GetFileName).Order());
        Assert.Equal(6, Directory.GetFiles(Path.Combine(Mirror, "2004"), "*.yaml", SearchOption.AllDirectories).Length);
        Assert.Empty(Problems(store));
        // With its date an item changes its folder, and leaves nothing behind.
        var task = store.ReadTasks(TaskQuery.All).First();
        store.AmendTask(task.Id, new TaskAmendment { Metadata = JsonMap.From([new("date", "1999-12-31")]) });
        Write(store);
        Assert.Equal(11, Files(".yaml").Length);
        Assert.Empty(Problems(store));
    }

    [Fact]
    public void What_ended_long_ago_is_compressed_and_unpacked_when_it_changes()
    {
        var store = Filled();
        Write(store);
        Assert.Equal(3, Write(store, DateTimeOffset.MaxValue).Compressed);
        Assert.Equal((0, 3), (Files(".yaml").Length, Files(".yaml.gz").Length));
        Assert.Equal(new MirrorResult(0, 3, 0), Write(store));
        Assert.Empty(Problems(store));
        store.Apply([TaskMove.Requeue(store.ReadTasks(TaskQuery.All).First().Id, "again")]);
        Write(store, DateTimeOffset.MaxValue);
        Assert.Equal((1, 2), (Files(".yaml").Length, Files(".yaml.gz").Length));
        Assert.Equal(3, Reader.Read(Mirror, new ImportOptions()).Batches.Sum(static batch => batch.Tasks.Count()));
    }

    [Fact]
    public void Missing_extra_and_altered_files_are_found()
    {
        var store = Filled();
        Write(store);
        var files = Files(".yaml");
        File.Delete(files[0]);
        File.AppendAllText(files[1], "# mine\n");
        File.WriteAllText(Path.Combine(Mirror, "2025", "stray.yaml"), "a: 1\n");
        var problems = Problems(store);
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, static line => line.Contains("is missing", StringComparison.Ordinal));
        Assert.Contains(problems, line => line.Contains(files[1], StringComparison.Ordinal) && line.Contains("differs", StringComparison.Ordinal));
        Assert.Contains(problems, static line => line.Contains("stray.yaml' shows no task", StringComparison.Ordinal));
    }

    [Fact]
    public void A_change_that_was_not_exported_is_found()
    {
        var store = Filled();
        Write(store);
        store.AmendTask(store.ReadTasks(TaskQuery.All).First().Id, new TaskAmendment { Priority = 9 });
        Assert.Contains("priority: 9", Assert.Single(Problems(store)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_other_things_is_not_used_without_being_told_to()
    {
        var store = Filled();
        Directory.CreateDirectory(Mirror);
        File.WriteAllText(Path.Combine(Mirror, "letter.txt"), "dear");
        Assert.Equal(nameof(JournalErrors.ExportFileExists), Assert.Throws<JournalException>(() => Write(store)).ErrorId);
        Assert.Equal(nameof(JournalErrors.NotAMirror), Assert.Throws<JournalException>(() => Problems(store)).ErrorId);
        Assert.Equal(3, Write(store, replace: true).Written);
        Assert.Equal("dear", File.ReadAllText(Path.Combine(Mirror, "letter.txt")));
    }

    [Fact]
    public void Files_are_their_owners_alone_and_are_not_replaced_unless_told_to()
    {
        var store = Filled();
        Write(store);
        foreach (var file in Directory.GetFiles(Mirror, "*", SearchOption.AllDirectories))
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var path = Path.Combine(Folder, "x.json");
        var batches = store.ReadBatches(new BatchQuery()).ToList();
        JournalExport.Write(store, batches, ExportFormat.Json, path, false, CancellationToken.None);
        Assert.Equal(nameof(JournalErrors.ExportFileExists), Assert.Throws<JournalException>(() => JournalExport.Write(store, batches, ExportFormat.Csv, path, false, CancellationToken.None)).ErrorId);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var before = File.ReadAllText(path);
        Assert.Throws<OperationCanceledException>(() => JournalExport.Write(store, batches, ExportFormat.Csv, path, true, stopped.Token));
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Empty(Directory.GetFiles(Folder, "*.partial"));
    }
}
