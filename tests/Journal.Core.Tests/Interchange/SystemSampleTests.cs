using Journal.Interchange.Sources;
using Journal.Sqlite.Engine;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Tests.Interchange;

/// <summary>What five hand-made systems write, as their documents show it, comes in as it is, and with the figures that their own tools give.</summary>
public class SystemSampleTests : InterchangeFixture
{
    private const string Systems = "systems/";

    private static readonly string[] JobLogStages = ["fetch_transcript", "generate_notes", "generate_assessment"];

    public static TheoryData<string, ImportFormat, int, int> Samples => new()
    {
        { "batch-journal/journal.json", ImportFormat.BatchJournal, 101, 49 },
        { "job-log/one-record-with-comments.json", ImportFormat.JobLog, 1, 5 },
        { "job-log/one-failed-record.json", ImportFormat.JobLog, 1, 2 },
        { "job-log/two-records.json", ImportFormat.JobLog, 2, 7 },
        { "job-log/processing_log.json", ImportFormat.JobLog, 9, 24 },
        { "job-log/ten-records.jsonl", ImportFormat.JobLog, 9, 24 },
        { "partial-processing/processing_state.json", ImportFormat.ProcessingState, 5, 3 },
        { "episodes", ImportFormat.Episodes, 11, 6 },
        { "episodes/index.json", ImportFormat.Episodes, 11, 0 },
        { "episodes/state.db", ImportFormat.Episodes, 11, 0 },
        { "episodes/2004/hy8_hooting_yard_2004-06-09.yaml", ImportFormat.Episodes, 1, 0 },
        { "transcoder/transcoder.db", ImportFormat.Transcoder, 40, 6 },
        { "transcoder/jobs.json", ImportFormat.Transcoder, 3, 0 },
    };

    private static FullTask Task(ImportedFile file, string key) => file.Batches.SelectMany(static batch => batch.Tasks).Single(task => task.Task.Key == key);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_recognised_and_importing_it_twice_doubles_nothing(string name, ImportFormat format, int tasks, int attempts)
    {
        var store = NewStore();
        var file = ReadSample(Systems + name);
        Assert.Equal(format, file.Format);
        var first = Import(store, file);
        Assert.Equal((tasks, attempts), (first.Sum(static result => result.Added), first.Sum(static result => result.Attempts)));
        var content = Content(store);
        Assert.Equal(tasks, Import(store, ReadSample(Systems + name)).Sum(static result => result.AlreadyThere));
        Assert.Equal(content, Content(store));
        Assert.Empty(store.Check());
    }

    [Fact]
    public void The_batch_journal_says_what_its_own_tool_says()
    {
        var store = NewStore();
        Import(store, ReadSample(Systems + "batch-journal/journal.json"));
        var batch = store.FindBatch("plists2mlists-1704672000")!;
        var summary = BatchSummary.Read(store, batch, TimeZoneInfo.Utc);
        Assert.Equal((100, 45, 3, 1, 51), (summary.Total, summary.Completed, summary.Failed, summary.Skipped, summary.Remaining));
        Assert.Equal((JournalBatchStatus.Paused, "Quota exhausted (resets in 4h 12m)", 2250d), (summary.Status, summary.PauseReason, summary.QuotaConsumed));
        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(51 * 60)), (summary.MeanDuration, summary.Eta));
    }

    [Fact]
    public void A_stage_and_its_timing_are_one_stage()
    {
        var file = ReadSample(Systems + "job-log/processing_log.json");
        Assert.Equal(JobLogStages, file.Batches[0].Batch.Stages);
        Assert.Equal("generate_notes", Task(file, "https://youtu.be/vid005").Task.Stage);
        Assert.Equal("fetch_transcript", Task(file, "https://youtu.be/vid006").Task.Stage);
        var failed = Task(file, "https://youtu.be/vid005").Attempts;
        Assert.Equal([("fetch_transcript", JournalAttemptOutcome.Completed), ("generate_notes", JournalAttemptOutcome.Failed)], failed.Select(static attempt => (attempt.Stage!, attempt.Outcome)));
    }

    [Theory]
    // By the words, in any form and order; by the only stage that has the word; by order, where the name tells nothing.
    [InlineData("generating_notes", "generate_notes")]
    [InlineData("NotesGeneration", "generate_notes")]
    [InlineData("notes", "generate_notes")]
    [InlineData("fetching transcripts", "fetch_transcript")]
    [InlineData("llm", "generate_notes")]
    public void A_failed_stage_is_found_whatever_it_is_called(string stage, string expected)
    {
        var json = $$"""
            [{"id":"1","success":true,"processing_duration":9,"timings":{"fetch_transcript":2,"generate_notes":3,"export_pdfs":4},"logged_at":"2025-01-01T00:00:00Z"},
             {"id":"2","success":false,"error":"x","stage":"{{stage}}","processing_duration":5,"timings":{"fetch_transcript":2,"generate_notes":3},"logged_at":"2025-01-01T00:01:00Z"}]
            """;
        var file = ReadText(json);
        Assert.Equal(["fetch_transcript", "generate_notes", "export_pdfs"], file.Batches[0].Batch.Stages);
        Assert.Equal(expected, Task(file, "2").Task.Stage);
    }

    [Fact]
    public void A_stage_that_failed_before_it_was_timed_is_a_stage_of_its_own()
    {
        var file = ReadText("""[{"id":"2","success":false,"error":"x","stage":"uploading","processing_duration":5,"timings":{"download":2},"logged_at":"2025-01-01T00:01:00Z"}]""");
        Assert.Equal(["download", "uploading"], file.Batches[0].Batch.Stages);
        Assert.Equal(TimeSpan.FromSeconds(3), Task(file, "2").Attempts[1].Duration);
    }

    [Fact]
    public void A_record_without_a_start_ends_where_it_was_logged()
    {
        var task = Task(ReadSample(Systems + "job-log/one-failed-record.json"), "xyz789");
        Assert.Equal((JournalTaskStatus.Failed, JournalErrorCategory.RateLimited), (task.Task.Status, task.Task.ErrorCategory));
        Assert.Equal((Utc("2025-10-17T09:35:22.500123Z"), TimeSpan.FromSeconds(12.3)), (task.Task.EndedAt, task.Task.Duration));
        Assert.Equal(Utc("2025-10-17T09:35:10.200123Z"), task.Attempts[0].StartedAt);
        Assert.Equal(Utc("2025-10-17T09:35:22.500123Z"), task.Attempts[1].EndedAt);
    }

    [Fact]
    public void Records_of_one_input_are_tries_of_one_task_and_each_is_an_event_when_it_was_logged()
    {
        var file = ReadSample(Systems + "job-log/ten-records.jsonl");
        var again = Task(file, "https://youtu.be/vid004");
        // The time that the log tells is its last record's.
        Assert.Equal((2, TimeSpan.FromSeconds(40), "1"), (again.Task.Attempts, again.Task.Duration, again.Task.Worker));
        Assert.Equal(
            [(JournalEventKind.Failed, "0", Utc("2025-10-18T09:35:22.500123Z")), (JournalEventKind.Completed, "1", Utc("2025-10-19T10:00:00Z"))],
            again.Events.Select(static entry => (entry.Kind, entry.Worker!, entry.At)));
    }

    [Fact]
    public void A_record_that_knows_its_id_alone_belongs_to_the_records_with_its_URL()
    {
        var file = ReadText("""
            {"video_id":"v","success":false,"error":"x","logged_at":"2025-01-01T00:00:00Z"}
            {"video_id":"v","url":"https://x/v","success":true,"logged_at":"2025-01-01T00:01:00Z"}
            """);
        Assert.Equal(2, Task(file, "https://x/v").Attempts.Count);
        Assert.Single(file.Batches[0].Tasks);
    }

    [Fact]
    public void A_state_of_partial_processing_tells_what_waits_and_what_was_not_found()
    {
        var file = ReadSample(Systems + "partial-processing/processing_state.json");
        var batch = file.Batches[0];
        Assert.Equal(@"D:\Photos\_Google Photos Backup\Google Photos", batch.Batch.InputSource);
        Assert.Equal(
            [JournalTaskStatus.Completed, JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Pending, JournalTaskStatus.Pending],
            batch.Tasks.Select(static task => task.Task.Status));
        Assert.Equal(("path/to/output/file1.jpg", Utc("2024-01-15T10:31:00Z")), (Task(file, "path/to/file1.json").Task.Outputs[0], Task(file, "path/to/file1.json").Task.EndedAt));
        var gone = Task(ReadText("""{"processed_jsons":{"a.json":{"status":"not_found","timestamp":"2024-01-15T10:31:00"}}}"""), "a.json").Task;
        Assert.Equal((JournalTaskStatus.Failed, JournalErrorCategory.NotFound, "not_found"), (gone.Status, gone.ErrorCategory, gone.ErrorMessage));
    }

    [Fact]
    public void Each_of_the_eleven_episodes_is_in_its_stage_with_its_own_ids_source_and_outputs()
    {
        var file = ReadSample(Systems + "episodes");
        Assert.Equal(
            ["Download", "Download", "Convert", "Convert", "Upload", "Upload", "Schedule", "Publish", "Publish", "Download", "Download"],
            file.Batches[0].Tasks.OrderBy(static task => int.Parse(task.Task.Key[2..task.Task.Key.IndexOf('_', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture)).Select(static task => task.Task.Stage!));
        var scheduled = Task(file, "hy7_hooting_yard_2005-06-02").Task;
        Assert.Equal(("ia-hy7_hooting_yard_2005-06-02", Utc("2026-11-24T10:00:00Z")), (scheduled.TargetId, scheduled.NotBefore));
        Assert.Equal("https://archive.org/hy7_hooting_yard_2005-06-02", scheduled.StoredInput.Text);
        Assert.Equal(["/media/hy7_hooting_yard_2005-06-02.mp3", "/media/hy7_hooting_yard_2005-06-02.mp4"], scheduled.Outputs);
        var failed = Task(file, "hy9_hooting_yard_2005-06-16");
        Assert.Equal((JournalTaskStatus.Failed, "HTTP 503", 3, 3), (failed.Task.Status, failed.Task.ErrorMessage, failed.Task.Attempts, failed.Attempts.Count));
        Assert.Equal((JournalTaskStatus.Skipped, 3), (Task(file, "hy10_hooting_yard_2004-06-23").Task.Status, Task(file, "hy10_hooting_yard_2004-06-23").Task.Attempts));
        // The log of the database beside the files, and nothing else.
        Assert.Equal(11, file.Batches[0].Tasks.Sum(static task => task.Events.Count));
    }

    [Theory]
    [InlineData("conversion", 2)]
    [InlineData("convert", 2)]
    [InlineData("download", 0)]
    public void Attempts_of_a_stage_belong_to_it_whatever_form_its_name_has(string name, int expected) =>
        Assert.Equal(expected, ReadText($"id: 1\nstage: converting\nattempts:\n  {name}: 2\n").Batches[0].Tasks.Single().Task.Attempts);

    [Fact]
    public void The_index_and_the_database_of_a_folder_add_nothing_to_the_folder()
    {
        var store = NewStore();
        Import(store, ReadSample(Systems + "episodes"));
        Assert.Equal([0, 0], new[] { "index.json", "state.db" }.Select(name => Import(store, ReadSample(Systems + "episodes/" + name)).Single().Added));
        Assert.Single(store.ReadBatches(new BatchQuery()));
    }

    [Fact]
    public void Two_episodes_with_one_outside_id_are_refused()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "twice")).FullName;
        File.WriteAllText(Path.Combine(folder, "a.yaml"), "id: a\nstage: published\nexternal_id: x\n");
        File.WriteAllText(Path.Combine(folder, "b.yaml"), "id: b\nstage: published\nexternal_id: x\n");
        var error = Assert.Throws<JournalException>(() => Reader.Read(folder, new ImportOptions()));
        Assert.StartsWith($"'{Path.Combine(folder, "b.yaml")}', line 1: The episodes 'a' and 'b' have the same outside id 'x'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_transcoder_comes_with_its_files_jobs_stages_and_state()
    {
        var file = ReadSample(Systems + "transcoder/transcoder.db");
        var tasks = file.Batches[0].Tasks.Select(static task => task.Task).ToList();
        Assert.Equal(40, tasks.Count);
        Assert.Equal(32, tasks.Count(static task => task.Metadata["should_transcode"] is 1L));
        Assert.Equal(
            ["canceled 3", "completed 3", "downloading 4", "failed 3", "paused 3", "queued 3", "transcoding 4", "uploading 3"],
            tasks.Where(static task => task.Metadata.ContainsKey("status")).GroupBy(static task => (string)task.Metadata["status"]!).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group => $"{group.Key} {group.Count()}"));
        Assert.Equal(
            [(JournalTaskStatus.Pending, 23), (JournalTaskStatus.Completed, 3), (JournalTaskStatus.Failed, 3), (JournalTaskStatus.Skipped, 8), (JournalTaskStatus.Canceled, 3)],
            tasks.GroupBy(static task => task.Status).OrderBy(static group => group.Key).Select(static group => (group.Key, group.Count())));
        var failed = Task(file, "/media/shows/s01e06.mkv").Task;
        Assert.Equal(("transcode", 42, 600_000_000d, 4, "worker-1"), (failed.Stage, failed.Priority, failed.Weight, failed.Attempts, failed.Worker));
        Assert.Equal("Job abandoned after restart (max retries exceeded)", failed.ErrorMessage);
        Assert.Equal([("job_3_temp_file", "\"/work/tmp/job3.part\""), ("scan_checkpoint_path", "\"/media/shows/s01\"")], file.Batches[0].Checkpoints.OrderBy(static checkpoint => checkpoint.Name, StringComparer.Ordinal).Select(static checkpoint => (checkpoint.Name, checkpoint.Json)));
    }

    [Fact]
    public void The_transcoders_tables_as_JSON_are_the_same_as_its_database()
    {
        const string Json = """
            {"media_files":[{"id":1,"file_path":"/m/a.mkv","should_transcode":1,"file_size_bytes":5},{"id":2,"file_path":"/m/b.mkv","should_transcode":0}],
             "transcode_jobs":[{"id":7,"media_file_id":1,"status":"failed","stage":"transcode","error_message":"ffmpeg ended with 1","retry_count":3,"updated_at":"2025-10-17 09:00:00"},
                               {"id":9,"media_file_id":1,"status":"uploading","stage":"upload","retry_count":0,"updated_at":"2025-10-17 10:00:00"}],
             "processing_log":[{"id":1,"job_id":7,"level":"error","message":"it broke","created_at":"2025-10-17 09:00:00"}],
             "system_state":[{"key":"scan_checkpoint_path","value":"/m"}]}
            """;
        var file = ReadText(Json);
        Assert.Equal(ImportFormat.Transcoder, file.Format);
        // A stall made a second job of one file: one task, and the first job is its history.
        var first = Task(file, "/m/a.mkv");
        Assert.Equal((JournalTaskStatus.Pending, "upload", 1), (first.Task.Status, first.Task.Stage, first.Attempts.Count));
        Assert.Equal("error: it broke", Assert.Single(first.Events).Reason);
        Assert.Equal(JournalTaskStatus.Skipped, Task(file, "/m/b.mkv").Task.Status);
        var store = NewStore();
        Import(store, file);
        Assert.Empty(store.Check());
    }

    [Fact]
    public void Of_a_run_whose_start_is_not_known_the_length_is_not_known()
    {
        var store = NewStore();
        Import(store, ReadSample(Systems + "transcoder/transcoder.db"));
        var summary = BatchSummary.Read(store, store.ReadBatches(new BatchQuery()).Single(), TimeZoneInfo.Utc);
        Assert.Equal((null, null, null), (summary.MeanDuration, summary.MedianDuration, summary.Eta));
        Assert.All(summary.Stages, static stage => Assert.Null(stage.MeanDuration));
    }

    [Fact]
    public void A_wrong_row_of_a_database_is_named()
    {
        var path = Path.Combine(Folder, "wrong.db");
        Make(path, "CREATE TABLE transcode_jobs(id INTEGER, media_file_id INTEGER, status TEXT); INSERT INTO transcode_jobs VALUES (1, 1, 'queued'), (2, 2, 'dreaming')");
        var error = Assert.Throws<JournalException>(() => Reader.Read(path, new ImportOptions()));
        Assert.Equal(nameof(JournalErrors.ImportFileInvalid), error.ErrorId);
        Assert.Equal($"'{path}', table 'transcode_jobs', row 2: 'dreaming' is no status that is known. Nothing was imported.", error.Message);
    }

    [Fact]
    public void Nothing_of_a_foreign_database_is_run_and_it_is_left_as_it_was()
    {
        var path = Path.Combine(Folder, "trap.db");
        // A view under the name of a table, a trigger, and a column that is computed.
        Make(path, """
            CREATE TABLE real_jobs(id INTEGER, media_file_id INTEGER, status TEXT);
            CREATE VIEW transcode_jobs AS SELECT load_extension('/tmp/evil') AS id, 1 AS media_file_id, 'queued' AS status;
            CREATE TABLE media_files(id INTEGER, file_path TEXT, file_name TEXT GENERATED ALWAYS AS (hex(zeroblob(8))) VIRTUAL);
            CREATE TABLE system_state(key TEXT, value TEXT);
            CREATE TRIGGER t AFTER INSERT ON media_files BEGIN DELETE FROM system_state; END;
            INSERT INTO media_files(id, file_path) VALUES (1, '/m/a.mkv');
            """);
        var before = File.ReadAllBytes(path);
        var file = Reader.Read(path, new ImportOptions());
        var task = Assert.Single(file.Batches[0].Tasks).Task;
        Assert.Equal(("/m/a.mkv", false), (task.Key, task.Metadata.ContainsKey("file_name")));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Folder, "trap*"));
    }

    [Theory]
    [InlineData("CREATE TABLE other(id INTEGER)", nameof(JournalErrors.ImportFormatUnknown))]
    [InlineData("CREATE TABLE transcode_jobs(id INTEGER, media_file_id INTEGER, status TEXT)", nameof(JournalErrors.ImportFileEmpty))]
    [InlineData("PRAGMA encoding = 'UTF-16'; CREATE TABLE transcode_jobs(id INTEGER, media_file_id INTEGER, status TEXT)", nameof(JournalErrors.ImportFileInvalid))]
    public void A_database_of_something_else_is_said_to_be_that(string script, string errorId)
    {
        var path = Path.Combine(Folder, "other.db");
        Make(path, script);
        Assert.Equal(errorId, Assert.Throws<JournalException>(() => Reader.Read(path, new ImportOptions())).ErrorId);
    }

    [Fact]
    public void A_journal_is_not_taken_for_another_programs_file()
    {
        var store = NewStore();
        Assert.Contains("Connect-Journal", Assert.Throws<JournalException>(() => Reader.Read(store.Location, new ImportOptions())).Message, StringComparison.Ordinal);
    }

    private static void Make(string path, string script)
    {
        File.WriteAllBytes(path, []);
        using var database = Database.Open(path, OpenMode.ReadWrite, TimeSpan.FromSeconds(5));
        database.Execute(script);
    }
}
