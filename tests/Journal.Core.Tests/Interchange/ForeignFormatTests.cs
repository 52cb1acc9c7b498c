using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Tests.Interchange;

/// <summary>What people keep in hand-made journals comes over, with its history and its instants.</summary>
public class ForeignFormatTests : InterchangeFixture
{
    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static FullTask Task(ImportedFile file, string key) => file.Batches.SelectMany(static batch => batch.Tasks).Single(task => task.Task.Key == key);

    [Fact]
    public void A_batch_journal_comes_with_its_batches_quota_and_pause()
    {
        var file = ReadSample("batch-journal.json");
        Assert.Equal(ImportFormat.BatchJournal, file.Format);
        var batch = file.Batches[0].Batch;
        Assert.Equal(("copy-playlist_20250314_081502", "copy-playlist", "/home/ana/lists/favourites.txt"), (batch.Id, batch.Name, batch.InputSource));
        Assert.Equal((JournalBatchStatus.Paused, "Quota exhausted for project yt-copy-2"), (batch.Status, batch.PauseReason));
        Assert.Equal(Utc("2025-03-15T07:00:11Z"), batch.LastResumedAt);
        Assert.Equal(5, batch.Options.MaxRetries);
        Assert.Equal("ana", batch.Metadata["operator"]);
        var done = Task(file, "dQw4w9WgXcQ");
        Assert.Equal((JournalTaskStatus.Completed, "PLx81mNqv0aa.1", 50d, "yt-copy-1"), (done.Task.Status, done.Task.TargetId, done.Task.QuotaConsumed, done.Task.QuotaProject));
        Assert.Equal(("A song", "W/\"8f2\"", "t-0001"), (done.Task.Metadata["title"], done.Task.Metadata["etag"], done.Task.Metadata["taskId"]));
        Assert.Equal(TimeSpan.FromSeconds(1.619), Assert.Single(done.Attempts).Duration);
        var failed = Task(file, "9bZkp7q19f0");
        Assert.Equal((JournalErrorCategory.NotFound, "Video <id> not found", 1), (failed.Task.ErrorCategory, failed.Task.Signature, failed.Task.Attempts));
        // One source twice in a journal is two tasks, not a lost one.
        Assert.Equal((JournalTaskStatus.Skipped, "duplicate"), (Task(file, "dQw4w9WgXcQ #t-0004").Task.Status, Task(file, "dQw4w9WgXcQ #t-0004").Task.ErrorMessage));
        Assert.Single(file.Batches[1].Tasks);
    }

    [Fact]
    public void The_old_flat_list_with_numbers_for_names_and_local_offsets_keeps_its_instants()
    {
        var file = ReadSample("batch-journal-old.json");
        var batch = Assert.Single(file.Batches);
        Assert.Equal(("sync-2024-11-02", "sync-likes"), (batch.Batch.Id, batch.Batch.Name));
        Assert.Equal([JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Pending], batch.Tasks.Select(static task => task.Task.Status));
        var failed = Task(file, "UCX6OQ3DkcsbYNE").Task;
        Assert.Equal((JournalErrorCategory.QuotaExceeded, 3, "retry tomorrow"), (failed.ErrorCategory, failed.Attempts, failed.Metadata["note"]));
        Assert.Equal(Utc("2024-11-02T09:00:07Z"), failed.EndedAt ?? failed.UpdatedAt);
    }

    [Fact]
    public void A_job_log_becomes_attempts_by_stage_and_a_job_that_was_run_again_is_one_task()
    {
        var file = ReadSample("job-log.json");
        Assert.Equal(ImportFormat.JobLog, file.Format);
        Assert.Equal(["download", "transcribe", "summarize"], file.Batches[0].Batch.Stages);
        var beta = Task(file, "https://video.example/watch?v=beta");
        Assert.Equal(JournalTaskStatus.Completed, beta.Task.Status);
        Assert.Equal(
            [("download", JournalAttemptOutcome.Completed), ("transcribe", JournalAttemptOutcome.Failed), ("download", JournalAttemptOutcome.Completed), ("transcribe", JournalAttemptOutcome.Completed), ("summarize", JournalAttemptOutcome.Completed)],
            beta.Attempts.Select(static attempt => (attempt.Stage!, attempt.Outcome)));
        Assert.Equal((JournalErrorCategory.NetworkError, TimeSpan.FromSeconds(30)), (beta.Attempts[1].ErrorCategory, beta.Attempts[1].Duration));
        var alpha = Task(file, "https://video.example/watch?v=alpha");
        Assert.Equal(Utc("2025-08-01T08:00:20.5Z"), alpha.Attempts[1].StartedAt);
        Assert.Equal(["/srv/notes/AI/alpha/notes.md"], alpha.Task.Outputs);
        Assert.Equal(("AI", "worker-1", "job-20250801-001"), (alpha.Task.Metadata["subject"], alpha.Task.Worker, alpha.Task.Metadata["id"]));
        Assert.Equal(JournalErrorCategory.RateLimited, Task(file, "https://video.example/watch?v=gamma").Task.ErrorCategory);
    }

    [Fact]
    public void In_a_processing_state_what_has_an_error_failed_even_where_it_counted_as_processed()
    {
        var file = ReadSample("processing-state.json");
        var done = Task(file, "/photos/2019/IMG_0001.jpg");
        Assert.Equal((JournalTaskStatus.Completed, TaskInputKind.File), (done.Task.Status, done.Task.StoredInput.Kind));
        Assert.Equal((TimeSpan.FromSeconds(4.25), "vision-2"), (done.Task.Duration, done.Task.Metadata["model"]));
        Assert.Equal(["/photos/out/IMG_0001.json"], done.Task.Outputs);
        Assert.Equal((JournalTaskStatus.Failed, JournalErrorCategory.InvalidInput), (Task(file, "/photos/2019/IMG_0002.jpg").Task.Status, Task(file, "/photos/2019/IMG_0002.jpg").Task.ErrorCategory));
        Assert.Equal(JournalTaskStatus.Pending, Task(file, "/photos/2019/IMG_0004.jpg").Task.Status);
    }

    [Fact]
    public void A_time_without_an_offset_is_UTC_unless_told_otherwise()
    {
        const string State = """{"a.jpg":{"status":"done","time":"2025-06-01T20:00:00"}}""";
        Assert.Equal(Utc("2025-06-01T20:00:00Z"), ReadText(State).Batches[0].Tasks.First().Task.EndedAt);
        var zone = TimeZoneInfo.CreateCustomTimeZone("two", TimeSpan.FromHours(2), "two", "two");
        Assert.Equal(Utc("2025-06-01T18:00:00Z"), ReadText(State, options: new ImportOptions { NaiveTimes = zone }).Batches[0].Tasks.First().Task.EndedAt);
    }

    [Fact]
    public void A_state_of_bare_statuses_is_read_too() =>
        Assert.Equal([JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Pending], ReadText("""{"a":"done","b":"error","c":"pending"}""").Batches[0].Tasks.Select(static task => task.Task.Status));

    [Fact]
    public void A_joblog_becomes_tasks_by_command_with_an_attempt_for_each_run()
    {
        var file = ReadSample("parallel.joblog");
        Assert.Equal(ImportFormat.ParallelJoblog, file.Format);
        var again = Task(file, "gzip -9 missing.log");
        Assert.Equal((JournalTaskStatus.Completed, 2), (again.Task.Status, again.Attempts.Count));
        Assert.Equal("The command ended with exit code 2.", again.Attempts[0].ErrorMessage);
        Assert.Equal(DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(1_754_040_000_130), again.Attempts[0].StartedAt);
        var killed = Task(file, "sleep 100; echo \"tab\there\"");
        Assert.Equal(("Killed by signal 9.", "server2", 9L), (killed.Task.ErrorMessage, killed.Task.Worker, killed.Task.Metadata["signal"]));
    }

    [Fact]
    public void Episodes_go_on_in_the_stage_they_were_in()
    {
        var file = ReadSample("episodes");
        Assert.Equal(ImportFormat.Episodes, file.Format);
        Assert.Equal(
            [("ep-0101", JournalTaskStatus.Completed, "Publish"), ("ep-0102", JournalTaskStatus.Pending, "Convert"), ("ep-0103", JournalTaskStatus.Failed, "Download"), ("ep-0104", JournalTaskStatus.Pending, "Schedule")],
            file.Batches[0].Tasks.Select(static task => (task.Task.Key, task.Task.Status, task.Task.Stage!)));
        var published = Task(file, "ep-0101");
        Assert.Equal("convert.py:88\npipeline.py:12\n", Assert.Single(published.Attempts).ScriptStackTrace);
        Assert.Equal(2, published.Events.Count);
        Assert.Equal(("2024-12-24", "guid-7c1e", "published"), (published.Task.Metadata["date"], published.Task.TargetId, published.Task.Metadata["stage"]));
        Assert.Equal((JournalErrorCategory.NotFound, 3), (Task(file, "ep-0103").Task.ErrorCategory, Task(file, "ep-0103").Task.Attempts));
    }

    [Theory]
    [InlineData("""[{"id":"1","source_id":"s","status":"in progress","created_at":"2025-01-01T00:00:00Z","batch_id":"b"}]""")]
    [InlineData("""[{"Id":"1","SourceId":"s","Status":"InProgress","CreatedAt":"2025-01-01T00:00:00Z","BatchId":"b"}]""")]
    [InlineData("""{"batches":{"b":{"createdAt":"2025-01-01T00:00:00Z","tasks":{"1":{"sourceId":"s","status":"in-progress"}}}}}""")]
    [InlineData("""{"tasks":[{"id":1,"source-id":"s","status":1,"batchId":"b","createdAt":1735689600}]}""")]
    public void Names_may_be_spelt_in_any_way_and_what_was_in_progress_in_a_dead_journal_waits(string json)
    {
        var store = NewStore();
        Import(store, ReadText(json));
        var task = store.ReadTasks(TaskQuery.All).Single();
        Assert.Equal(("b", "s", JournalTaskStatus.Pending, 0), (task.BatchId, task.Key, task.Status, task.Crashes));
        Assert.Equal(Utc("2025-01-01T00:00:00Z"), task.CreatedAt);
        Assert.Empty(store.Check());
    }

    [Fact]
    public void Every_sample_comes_in_once_and_leaves_a_sound_journal()
    {
        var store = NewStore();
        foreach (var name in (string[])["batch-journal.json", "batch-journal-old.json", "job-log.json", "processing-state.json", "parallel.joblog", "episodes"])
        {
            var file = ReadSample(name);
            var first = Import(store, file);
            Assert.All(first, static result => Assert.True(result.Created && result.Added > 0 && result.AlreadyThere == 0));
            var content = Content(store);
            Assert.Equal(first.Select(static result => (result.BatchId, result.Added)), Import(store, ReadSample(name)).Select(static result => (result.BatchId, result.AlreadyThere)));
            Assert.Equal(content, Content(store));
        }

        Assert.Empty(store.Check());
        Assert.Equal(23, store.CountTasks(TaskQuery.All));
    }

    [Fact]
    public void A_log_that_has_grown_brings_what_is_new_into_the_same_batch()
    {
        var store = NewStore();
        var lines = File.ReadAllLines(Sample("parallel.joblog"));
        Import(store, ReadText(string.Join('\n', lines[..2]) + "\n", "log"));
        var result = Assert.Single(Import(store, ReadText(string.Join('\n', lines) + "\n", "log")));
        Assert.Equal((false, 2L, 1L), (result.Created, result.Added, result.AlreadyThere));
        Assert.Empty(store.Check());
    }

    [Fact]
    public void Two_logs_of_one_name_that_differ_are_two_batches()
    {
        var store = NewStore();
        Import(store, ReadText("""{"a":"done"}"""));
        Assert.Equal("state-20260102-030405-2", Assert.Single(Import(store, ReadText("""{"b":"done"}"""))).BatchId);
    }
}
