using System.Globalization;
using Journal.Lifecycle;
using Journal.Statistics;

namespace Journal.Commands;

/// <summary>A batch as its views show it: a line, and for a paused one a second line that tells why, how long still, and what resumes it.</summary>
public static class BatchView
{
    /// <summary>The heading over the lines.</summary>
    public static string Header() => Format(["Id", "Name", "Progress", "Status", "Failed", "Created"]);

    /// <summary>A batch on a line, and on another what to do about a pause.</summary>
    public static string Line(JournalBatch batch)
    {
        var line = Format([batch.Id, ViewText.Clip(batch.Name, 11), Progress(batch), batch.Status.ToString(), batch.Failed.ToString(CultureInfo.InvariantCulture), ViewText.Age(batch.CreatedAt)]);
        return Pause(batch) is { Length: > 0 } pause ? $"{line}{Environment.NewLine}    {pause}{Environment.NewLine}    {ResumeLine(batch)}" : line;
    }

    /// <summary>How many tasks have ended, of how many: <c>45/100</c>.</summary>
    public static string Progress(JournalBatch batch) => string.Create(CultureInfo.InvariantCulture, $"{batch.Counts.Ended}/{batch.Total}");

    /// <summary>Why it is paused, with the countdown to the pause's end; empty where it is not.</summary>
    public static string Pause(JournalBatch batch)
    {
        if (batch.Status is not JournalBatchStatus.Paused) return "";
        var reason = string.IsNullOrEmpty(batch.PauseReason) ? "Paused" : batch.PauseReason;
        if (batch.PausedUntil is not { } until) return reason;
        var now = TimeProvider.System.GetUtcNow();
        return BatchLifecycle.PauseIsOver(until, now) ? $"{reason} (the pause is over)" : $"{reason} (resets in {RelativeTime.Countdown(until - now)})";
    }

    /// <summary>The line that resumes it; empty where there is nothing to resume.</summary>
    public static string ResumeLine(JournalBatch batch) =>
        batch.Status is JournalBatchStatus.Paused or JournalBatchStatus.Failed ? $"Resume-JournalBatch '{batch.Id.Replace("'", "''", StringComparison.Ordinal)}'" : "";

    // 79 columns, of which only a long id takes more.
    private static string Format(string[] cells) =>
        string.Create(CultureInfo.InvariantCulture, $"{cells[0],-29} {cells[1],-11} {cells[2],-11} {cells[3],-9} {cells[4],6} {cells[5]}").TrimEnd();
}
