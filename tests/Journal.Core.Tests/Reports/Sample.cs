using Journal.Reports;
using Journal.Statistics;

namespace Journal.Tests.Reports;

/// <summary>A report whose every text is hostile or said otherwise.</summary>
internal static class Sample
{
    public static readonly string[] HostileTexts =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "=cmd|' /C calc'!A0", "@SUM(1)", "| a | b |", "[x](javascript:alert(1))",
        "ab\u202Ecod.exe", "\u001b[31mred\u001b[0m", "nul\0bell\a", "two\r\nlines", "\ud800 lone", "</style></title>", "&lt;not a tag&gt;", "<!-- -->",
    ];

    private static readonly DateTimeOffset Start = new(2024, 8, 16, 20, 4, 0, TimeSpan.Zero);

    public static ReportModel Model(string text) => new()
    {
        Scope = new ReportScope(text, [text], null, null),
        JournalPath = text,
        MadeAt = Start,
        Batches = [new ReportBatch(Summary(text), new TaskCounts(1, 0, 2, 1, 0, 0))],
        Counts = new TaskCounts(1, 0, 2, 1, 0, 0),
        MeanDuration = TimeSpan.FromSeconds(2),
        MedianDuration = TimeSpan.FromSeconds(1),
        P95Duration = TimeSpan.FromSeconds(3),
        Progress = [new(Start, TimeSpan.FromMinutes(1), 1, 0, 0, 0), new(Start.AddMinutes(1), TimeSpan.FromMinutes(1), 1, 1, 0, 0)],
        Errors = [new JournalErrorSummary(JournalErrorCategory.NotFound, text, 1, text, text)],
        Failures = [Task(text, JournalTaskStatus.Failed)],
        FailureLogs = new Dictionary<long, string> { [1] = $"2024-08-16T20:04:01.000Z WARNING {text}\n2024-08-16T20:04:02.000Z STDERR last" },
        Slowest = [Task(text, JournalTaskStatus.Completed), Task(text, JournalTaskStatus.Failed)],
        Outputs = new OutputTally(2, 1, 10, 1, [new OutputFile(text, text, null, true), new OutputFile("/b", "b", 10, false)]),
    };

    private static JournalTask Task(string text, JournalTaskStatus status) => new()
    {
        Id = 1, BatchId = text, Key = text, Status = status, Stage = text, Attempts = 2, ErrorCategory = JournalErrorCategory.NotFound, ErrorMessage = text,
        Duration = TimeSpan.FromSeconds(4), StartedAt = Start, EndedAt = Start.AddSeconds(4),
    };

    private static JournalBatchSummary Summary(string text) => new()
    {
        BatchId = text, Name = text, Status = JournalBatchStatus.Paused, PauseReason = text, Total = 4, Completed = 2, Failed = 1, Remaining = 1,
        Stages = new JournalList<JournalStageSummary>([new(text, 1, 0, 2, 1, 1, 2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3))]),
        QuotaConsumed = 3, QuotaByProject = JsonMap.From([new(text, 3.0)]), CreatedAt = Start, StartedAt = Start,
    };
}
