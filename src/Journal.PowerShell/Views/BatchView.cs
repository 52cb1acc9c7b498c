using System.Globalization;
using Journal.Lifecycle;
using Journal.Statistics;

namespace Journal.Commands.Views;

/// <summary>A batch as its views show it: a line, and for a paused one a second line that tells why, how long still, and what resumes it.</summary>
public static class BatchView
{
    // 79 columns in all. An id is never cut: one that is too long for its column takes that of the name, with which it begins, and one that is too long for both a line.
    private const int IdWidth = 29;
    private const int NameWidth = 11;
    private const int IdAndNameWidth = IdWidth + 1 + NameWidth;
    private const int ProgressWidth = 11;
    private const int StatusWidth = 9;
    private const int FailedWidth = 6;

    /// <summary>The heading over the lines.</summary>
    /// <param name="style">$PSStyle.</param>
    public static string Header(object? style) => new ViewStyle(style).Heading(Line($"{"Id",-IdWidth} Name", "Progress", "Status", "Failed", "Created"));

    /// <summary>A batch on a line, and on two others why it is paused and what to do about it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Line(JournalBatch batch, object? style)
    {
        var colours = new ViewStyle(style);
        var status = batch.Status.ToString();
        var id = ViewText.Line(batch.Id);
        var line = Line(
            id.Length <= IdWidth ? $"{id.PadRight(IdWidth)} {ViewText.Clip(batch.Name, NameWidth).PadRight(NameWidth)}"
                : (id.Length <= IdAndNameWidth ? id : id + Environment.NewLine + new string(' ', IdAndNameWidth)).PadRight(IdAndNameWidth),
            colours.Bar(status, batch.Progress.PadRight(ProgressWidth), batch.Percent),
            colours.Status(status, (batch.HasWorker == false ? "No worker" : status).PadRight(StatusWidth)),
            batch.Failed == 0 ? "0".PadLeft(FailedWidth) : colours.Bad(batch.Failed.ToString(CultureInfo.InvariantCulture).PadLeft(FailedWidth)),
            ViewText.Age(batch.CreatedAt));
        if (IsEmpty(batch)) return $"{line}{Environment.NewLine}    {colours.Waiting("It has no tasks.")} {colours.Command(ViewText.Line(ResumeLine(batch)))}";
        if (HeldBack(batch) is { Length: > 0 } held) return $"{line}{Environment.NewLine}    {colours.Waiting(held)}";
        if (batch.HasWorker == false) return $"{line}{Environment.NewLine}    {colours.Waiting("Nobody works on it.")} {colours.Command(ViewText.Line(ResumeLine(batch)))}";
        return Pause(batch) is { Length: > 0 } pause
            ? $"{line}{Environment.NewLine}    {colours.Waiting(pause)}{Environment.NewLine}    {colours.Command(ViewText.Line(ResumeLine(batch)))}"
            : line;
    }

    /// <summary>Why it is paused, with the countdown to the pause's end; empty where it is not.</summary>
    public static string Pause(JournalBatch batch)
    {
        if (batch.Status is not JournalBatchStatus.Paused) return "";
        var reason = string.IsNullOrEmpty(batch.PauseReason) ? "Paused" : ViewText.Clip(batch.PauseReason, 70);
        if (batch.PausedUntil is not { } until) return reason;
        var now = TimeProvider.System.GetUtcNow();
        return BatchLifecycle.PauseIsOver(until, now) ? $"{reason} (the pause is over)" : $"{reason} ({(reason.StartsWith("Quota", StringComparison.Ordinal) ? "resets" : "ends")} in {RelativeTime.Countdown(until - now)})";
    }

    /// <summary>Until when the other side wants no more, and why; empty where nobody waits for that.</summary>
    public static string HeldBack(JournalBatch batch) =>
        batch is { Status: JournalBatchStatus.Running, HeldBackUntil: { } until } && until - TimeProvider.System.GetUtcNow() is { Ticks: > 0 } left
            ? $"Held back for {RelativeTime.Countdown(left)}: {ViewText.Clip(batch.HoldReason ?? "", 50)}"
            : "";

    /// <summary>What makes it go on; empty where there is nothing to go on with. Only a run, or a worker, does its tasks: Resume-JournalBatch ends the pause.</summary>
    public static string ResumeLine(JournalBatch batch)
    {
        if (IsEmpty(batch)) return $"To add some: … | Add-JournalTask {Quoted(batch.Id)}";
        if (!batch.IsResumable || (batch.Status is not (JournalBatchStatus.Paused or JournalBatchStatus.Failed) && batch.HasWorker != false)) return "";
        if ((batch.IsQuotaUsedUp && batch.QuotaResetsAt is null) || (batch.PauseReason?.StartsWith(JournalBatch.QuotaReason, StringComparison.Ordinal) == true && batch.PausedUntil is null)) return "To go on, run the same line with a higher -QuotaLimit.";
        if (batch is { PausedUntil: { } renewed, Options.QuotaReset: not null } && batch.PauseReason?.StartsWith(JournalBatch.QuotaReason, StringComparison.Ordinal) == true)
        {
            return $"To go on, run the same line after {RelativeTime.Local(renewed)}, or sooner with a higher -QuotaLimit.";
        }

        return batch.IsHeld || batch.PausedUntil is not null ? $"Resume-JournalBatch {Quoted(batch.Id)}  # then run the line again" : $"To go on, run the same line again: Invoke-JournalBatch {Quoted(batch.Name)} {{ … }}";
    }

    private static bool IsEmpty(JournalBatch batch) => batch is { Total: 0, IsIncomplete: true };

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    // Padding is done before colouring, for colours count as characters.
    private static string Line(string idAndName, string progress, string status, string failed, string created) =>
        $"{idAndName,-IdAndNameWidth} {progress,-ProgressWidth} {status,-StatusWidth} {failed,FailedWidth} {created}";
}
