using System.Text;
using Journal.Storage.Transfer;
using Journal.Formats;
using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Tests.Interchange;

/// <summary>What goes out in a format of this module comes in again as it was.</summary>
public class RoundTripTests : InterchangeFixture
{
    private static readonly DateTimeOffset Epoch = new(2025, 5, 1, 0, 0, 0, TimeSpan.Zero);

    // Text as it can be stored: a lone surrogate has no UTF-8 form. Formulas, numbers and words of YAML come often.
    private static readonly Gen<string> Text = Gen.OneOf(
        Law.AnyText.Select(static text => new string([.. text.Where(static c => !char.IsSurrogate(c))])),
        Gen.Elements("", " ", "=1+1", "'=1", "''", "'", "-5", "+cmd|' /C calc'!A0", "@x", "\t", "\r\n", "a,b", "\"", "null", "true", "no", "~", "12", "1e3", "0x1f", "2025-01-01", "- a", "a: b", "# c", "...", "---", "📷 \u2028\u0085\ufeff", "\u0007\u001b[31m"));

    private static readonly Gen<string?> Maybe = Gen.OneOf(Gen.Constant<string?>(null), Text.Select(static text => (string?)text));

    private static readonly Gen<string> Key = Text.Select(static text => text.Replace("\0", "", StringComparison.Ordinal)).Select(static text => text.Length == 0 ? "k" : text);

    private static readonly Gen<DateTimeOffset> Time = Gen.Choose(0, int.MaxValue).Select(static micros => Epoch.AddTicks(micros * 10_007L * TimeSpan.TicksPerMicrosecond));

    private static readonly Gen<JsonMap> Map = Gen.Zip(Text, Gen.OneOf(
        Text.Select(static text => (object?)text), Gen.Elements<object?>(null, true, 1L, 2.5, -1e300, new List<object?> { "a", 2L }, new Dictionary<string, object?> { ["n"] = "=x" }))).ListOf()
        .Select(static members => JsonMap.From(members.Select(static member => new KeyValuePair<string, object?>(member.Item1, member.Item2))));

    private static readonly Gen<JournalTask> Task =
        from key in Key
        from status in Gen.Elements(Enum.GetValues<JournalTaskStatus>())
        from stage in Gen.Elements("One", "Two")
        from kind in Gen.Elements(TaskInputKind.Text, TaskInputKind.File, TaskInputKind.Directory)
        from input in Text
        from texts in Maybe.ArrayOf(7)
        from metadata in Map
        from outputs in Text.ListOf()
        from number in Gen.Choose(-3, 1000)
        from times in Time.ArrayOf(5)
        from duration in Law.AnyDuration
        from category in Gen.Elements(Enum.GetValues<JournalErrorCategory>())
        select new JournalTask
        {
            BatchId = "", Key = key, Status = status, Stage = stage, StoredInput = new TaskInput(kind, input), SourceType = texts[0], ErrorMessage = texts[1], Signature = texts[2],
            TargetId = texts[3], QuotaProject = texts[4], Worker = texts[5], Metadata = metadata, Outputs = JsonList.From(outputs), Priority = number, Weight = number / 7.0,
            Attempts = Math.Abs(number), Crashes = Math.Abs(number) % 3, ErrorCategory = category, QuotaConsumed = number / 3.0, CreatedAt = times[0], UpdatedAt = times[1],
            StartedAt = times[2], EndedAt = times[3], NotBefore = times[4], Duration = duration,
            LimitKey = texts[6], Cost = (Math.Abs(number) + 1) / 4.0, Postponed = Math.Abs(number) % 5, IsHeld = number % 4 == 0,
        };

    private static readonly Gen<FullTask> Whole =
        from task in Task
        from attempts in AttemptOf(task.Key).ListOf()
        from events in EventOf().ListOf()
        from result in Gen.Elements("{\"a\":1}", "[]", "\"x\"")
        select new FullTask(task) { Attempts = attempts, Events = [.. events], Results = [new("One", result), new(null, result, 2, 1, Epoch, true, "ann")] };

    private static readonly Gen<FullBatch> Batch =
        from tasks in Whole.ListOf()
        from events in EventOf().ListOf()
        from texts in Maybe.ArrayOf(4)
        from metadata in Map
        from settings in Map
        from createdAt in Time
        from paused in ArbMap.Default.GeneratorFor<bool>()
        select new FullBatch(
            new JournalBatch
            {
                Id = "b", Name = "b", Status = paused ? JournalBatchStatus.Paused : JournalBatchStatus.Ready, PauseReason = texts[0], PausedUntil = createdAt.AddDays(1), InputSource = texts[1],
                SourceType = texts[2], KeyExpression = texts[3], Stages = JsonList.From(["One", "Two"]), Metadata = metadata, Settings = settings, CreatedAt = createdAt,
                StartedAt = createdAt, LastResumedAt = createdAt, EndedAt = createdAt, Options = BatchOptions.Default with { MaxRetries = 7, StageRetries = new Dictionary<string, int> { ["Two"] = 1 } },
            },
            [.. tasks.DistinctBy(static task => task.Task.Key)])
        {
            Events = [.. events],
            Checkpoints = [new JournalCheckpoint("scan", "b", "{\"at\":1}", createdAt, "")],
        };

    private static Gen<JournalAttempt> AttemptOf(string key) =>
        from stage in Gen.Elements("One", "Two")
        from outcome in Gen.Elements(Enum.GetValues<JournalAttemptOutcome>())
        from category in Gen.Elements(Enum.GetValues<JournalErrorCategory>())
        from texts in Maybe.ArrayOf(5)
        from start in Time
        from duration in Law.AnyDuration
        select new JournalAttempt
        {
            BatchId = "", Key = key, Number = 1, Stage = stage, Outcome = outcome, ErrorCategory = category, Worker = texts[0], ErrorMessage = texts[1], ErrorId = texts[2], ScriptStackTrace = texts[3], Log = texts[4],
            StartedAt = start, EndedAt = start + duration,
        };

    private static Gen<JournalEvent> EventOf() =>
        from kind in Gen.Elements(Enum.GetValues<JournalEventKind>())
        from id in Gen.Choose(1, 1_000_000)
        from at in Time
        from status in Gen.Elements<string?>(null, "Pending", "Completed", "Failed")
        from reason in Maybe
        select new JournalEvent { Id = id, At = at, BatchId = "", Kind = kind, From = null, To = status, Stage = "Two", Reason = reason };

    private static readonly Gen<Node> AnyNode = NodeOf(3);

    private static Gen<Node> NodeOf(int depth)
    {
        var scalar = Gen.OneOf(Text.Select(static text => Node.Of(text)), Gen.Elements(Node.Null, Node.Of(true), Node.Of(12), Node.Of(-2.5e-9)));
        return depth == 0 ? scalar : Gen.OneOf(
            scalar,
            NodeOf(depth - 1).ListOf().Select(static items => Node.List(items)),
            Gen.Zip(Text, NodeOf(depth - 1)).ListOf().Select(static members => Node.Map([.. members.Select(static member => new KeyValuePair<string, Node>(member.Item1, member.Item2))])));
    }

    [Fact]
    public void YAML_gives_back_every_text_number_list_and_map() => Law.Holds(AnyNode, static node => Yaml.Read(Yaml.Write(node)).ToString() == node.ToString());

    [Theory]
    [InlineData(ExportFormat.Json)]
    [InlineData(ExportFormat.Jsonl)]
    public void JSON_gives_back_batches_tasks_attempts_events_results_and_checkpoints(ExportFormat format) => Law.Holds(Batch, batch =>
    {
        var store = NewStore();
        store.Import([batch]);
        var copy = NewStore();
        Import(copy, Exported(store, format));
        Assert.Empty(store.Check());
        Assert.Empty(copy.Check());
        Assert.Equal(WithoutImports(Content(store)), WithoutImports(Content(copy)));
        return true;
    });

    [Fact]
    public void A_table_gives_back_every_task_but_for_its_history() => Law.Holds(Batch, batch =>
    {
        var store = NewStore();
        store.Import([batch with { Tasks = [.. batch.Tasks.Select(static task => new FullTask(task.Task))] }]);
        var copy = NewStore();
        Import(copy, Exported(store, ExportFormat.Csv));
        return Tasks(store).SequenceEqual(Tasks(copy));
    });

    [Fact]
    public void A_mirror_gives_back_every_task_with_its_history() => Law.Holds(Batch, batch =>
    {
        var store = NewStore();
        store.Import([batch]);
        var folder = Directory.CreateDirectory(Path.Combine(Folder, Guid.NewGuid().ToString("N"))).FullName;
        new MirrorExport(store, folder, Yaml).Write([store.RequireBatch("b")], null, false, CancellationToken.None);
        Assert.Empty(MirrorCheck.Run(store, folder, Yaml, CancellationToken.None));
        if (!batch.Tasks.Any()) return true;
        var copy = NewStore();
        Import(copy, Reader.Read(folder, new ImportOptions()));
        Assert.Equal(Histories(store).Order(StringComparer.Ordinal), Histories(copy).Order(StringComparer.Ordinal));
        return true;
    });

    private static ImportedFile Exported(IJournalStore store, ExportFormat format)
    {
        var text = new StringWriter();
        JournalExport.Write(store, store.ReadBatches(new BatchQuery()).ToList(), format, text, CancellationToken.None);
        return ReadText(text.ToString(), "export");
    }

    private static IEnumerable<string> Tasks(IJournalStore store) => store.ReadTasks(TaskQuery.All).Select(static task => task with { Id = 0, JournalPath = "", Outputs = JsonList.Empty, Metadata = JsonMap.Empty, MaxRetries = 0 } + $"{task.Outputs}{task.Metadata}{task.StoredInput}{task.ErrorMessage}{task.Status}{task.Weight:R}{task.UpdatedAt:O}");

    private static IEnumerable<string> Histories(IJournalStore store) => FullReader.ReadTasks(store, store.RequireBatch("b")).Select(static whole =>
        string.Join('\n', [
            $"{whole.Task.Key}|{whole.Task.Status}|{whole.Task.Stage}|{whole.Task.Metadata}|{whole.Task.Outputs}|{whole.Task.ErrorMessage}|{whole.Task.StoredInput}|{whole.Task.Duration}|{whole.Task.UpdatedAt:O}",
            .. whole.Attempts.Select(static attempt => $"{attempt.Number}|{attempt.Stage}|{attempt.Outcome}|{attempt.StartedAt:O}|{attempt.EndedAt:O}|{attempt.ErrorMessage}|{attempt.Worker}|{attempt.ScriptStackTrace}|{attempt.Log}"),
            .. whole.Events.Select(static entry => $"{entry.At:O}|{entry.Kind}|{entry.From}|{entry.To}|{entry.Reason}|{entry.Stage}"),
            .. whole.Results.Select(static result => result.ToString()),
        ]));

    // Events get new ids in every journal, and each import tells of itself.
    private static string WithoutImports(string lines)
    {
        var text = new StringBuilder(lines);
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(lines, "\\{[^{}]*\"reason\":\"[0-9]+ imported from [^\"]*\"\\},?").Reverse()) text.Remove(match.Index, match.Length);
        return System.Text.RegularExpressions.Regex.Replace(text.ToString().Replace(",]", "]", StringComparison.Ordinal), "\\{\"id\":[0-9]+,\"at\"", "{\"at\"");
    }
}
