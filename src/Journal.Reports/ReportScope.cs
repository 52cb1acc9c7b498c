using System.Globalization;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Reports;

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
