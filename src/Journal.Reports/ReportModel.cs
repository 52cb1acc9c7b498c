using System.Globalization;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Reports;

/// <summary>All that a report tells, before it takes a form. Built by <see cref="ReportBuilder"/>.</summary>
public sealed record ReportModel
{
    /// <summary>What it is about.</summary>
    public required ReportScope Scope { get; init; }

    /// <summary>The journal.</summary>
    public required string JournalPath { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>On whose clock its times are told.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The batches, newest first.</summary>
    public IReadOnlyList<ReportBatch> Batches { get; init; } = [];

    /// <summary>The tasks it is about, by status.</summary>
    public TaskCounts Counts { get; init; }

    /// <summary>Mean running time of its completed tasks.</summary>
    public TimeSpan? MeanDuration { get; init; }

    /// <summary>Median running time of its completed tasks.</summary>
    public TimeSpan? MedianDuration { get; init; }

    /// <summary>95th percentile of their running times.</summary>
    public TimeSpan? P95Duration { get; init; }

    /// <summary>How many tasks ended when.</summary>
    public IReadOnlyList<JournalThroughput> Progress { get; init; } = [];

    /// <summary>Failed tasks by category and signature, most frequent first.</summary>
    public IReadOnlyList<JournalErrorSummary> Errors { get; init; } = [];

    /// <summary>Some of the failed tasks, the latest first.</summary>
    public IReadOnlyList<JournalTask> Failures { get; init; } = [];

    /// <summary>What the attempts wrote in which those tasks failed, by the id of the task; only those that wrote something.</summary>
    public IReadOnlyDictionary<long, string> FailureLogs { get; init; } = new Dictionary<long, string>();

    /// <summary>The tasks that ran longest.</summary>
    public IReadOnlyList<JournalTask> Slowest { get; init; } = [];

    /// <summary>The files that its completed tasks recorded.</summary>
    public OutputTally Outputs { get; init; } = OutputTally.None;

    /// <summary>The one batch that it is about, where it is about one.</summary>
    public JournalBatchSummary? Single => !Scope.IsPeriod && Batches is [var only] ? only.Summary : null;
}

/// <summary>A batch in a report.</summary>
/// <param name="Summary">The batch, measured as a whole.</param>
/// <param name="Counts">Its tasks that the report is about.</param>
public sealed record ReportBatch(JournalBatchSummary Summary, TaskCounts Counts);

/// <summary>What a section of a report is about.</summary>
public enum ReportPart
{
    /// <summary>Figures of the whole, a line each.</summary>
    Overview,

    /// <summary>The batches.</summary>
    Batches,

    /// <summary>How many tasks ended when.</summary>
    Progress,

    /// <summary>Where tasks stand with each stage, and how long it takes.</summary>
    Stages,

    /// <summary>Errors by category and signature.</summary>
    Errors,

    /// <summary>Failed tasks.</summary>
    Failures,

    /// <summary>The slowest tasks.</summary>
    Slowest,

    /// <summary>Files that were made.</summary>
    Outputs,

    /// <summary>Quota by project.</summary>
    Quota,
}

/// <summary>A table of a report, in a form that every renderer can write.</summary>
/// <param name="Part">What it is about.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Note">A sentence under the heading; null for none.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, a cell for each column.</param>
public sealed record ReportSection(ReportPart Part, string Title, string? Note, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportCell>> Rows);

/// <summary>How a column wants to be shown.</summary>
public enum ColumnKind
{
    /// <summary>Text, from the left.</summary>
    Text,

    /// <summary>Short text that is not broken.</summary>
    Word,

    /// <summary>Numbers, to the right.</summary>
    Number,

    /// <summary>Numbers whose size is shown as a bar where that can be drawn.</summary>
    Bar,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Kind">How it wants to be shown.</param>
public readonly record struct ReportColumn(string Name, ColumnKind Kind = ColumnKind.Text);

/// <summary>A cell of a table.</summary>
/// <param name="Text">For people: one line, safe to show.</param>
/// <param name="Value">For programs: the text, number or time itself; a duration in seconds.</param>
public readonly record struct ReportCell(string Text, object? Value);

/// <summary>What a report is about: batches with all their tasks, or the tasks that ended within a period.</summary>
/// <param name="Title">What the report is called.</param>
/// <param name="BatchIds">These batches; null for all that had tasks in the period.</param>
/// <param name="Since">Tasks that ended at or after this time; null for all.</param>
/// <param name="Until">Tasks that ended before this time; null for all.</param>
public sealed record ReportScope(string Title, IReadOnlyList<string>? BatchIds, DateTimeOffset? Since, DateTimeOffset? Until)
{
    /// <summary>It is about a period.</summary>
    public bool IsPeriod => Since is not null;

    /// <summary>The tasks it is about.</summary>
    public TaskQuery Tasks => new()
    {
        BatchIds = BatchIds,
        Since = Since,
        Until = Until,
        Statuses = IsPeriod ? [JournalTaskStatus.Completed, JournalTaskStatus.Failed, JournalTaskStatus.Skipped, JournalTaskStatus.Canceled] : null,
    };

    /// <summary>Batches, from their first task to their last.</summary>
    /// <param name="batchIds">At least one.</param>
    public static ReportScope OfBatches(IReadOnlyList<string> batchIds) =>
        new(batchIds.Count == 1 ? batchIds[0] : string.Create(CultureInfo.InvariantCulture, $"{batchIds.Count} batches"), batchIds, null, null);

    /// <summary>A day of the user's calendar.</summary>
    public static ReportScope OfDay(DateOnly day, TimeZoneInfo zone) =>
        new(day.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture), null, CalendarDay.StartOf(day, zone), CalendarDay.StartOf(day.AddDays(1), zone));

    /// <summary>A week, from Monday to Sunday.</summary>
    /// <param name="day">Any of its days.</param>
    /// <param name="zone">Whose calendar.</param>
    public static ReportScope OfWeek(DateOnly day, TimeZoneInfo zone)
    {
        var monday = CalendarDay.Monday(day);
        var date = monday.ToDateTime(TimeOnly.MinValue);
        return new ReportScope(
            string.Create(CultureInfo.InvariantCulture, $"Week {ISOWeek.GetWeekOfYear(date)} of {ISOWeek.GetYear(date)}"),
            null, CalendarDay.StartOf(monday, zone), CalendarDay.StartOf(monday.AddDays(7), zone));
    }
}
