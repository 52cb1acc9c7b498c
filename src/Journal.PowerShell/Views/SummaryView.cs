using System.Globalization;
using System.Management.Automation;
using Journal.Policy;
using Journal.Statistics;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Views;

/// <summary>A summary as its view shows it.</summary>
public static class SummaryView
{
    private const int TopErrors = 5;
    private const int BarWidth = 24;

    /// <summary>The batch's status, with the reason of a pause.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Status(JournalBatchSummary summary, object? style)
    {
        var colours = new ViewStyle(style);
        var text = colours.Status(summary.Status.ToString(), summary.StatusText);
        return summary.PauseReason is { Length: > 0 } reason ? $"{text}: {colours.Waiting(ViewText.Clip(reason, 70))}" : text;
    }

    /// <summary>How far it is, with a bar of how tasks ended: <c>45/100 (45%) ██████████░░░░░░░░░░░░░░</c>.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="style">$PSStyle.</param>
    public static string ProgressBar(JournalBatchSummary summary, object? style)
    {
        var colours = new ViewStyle(style);
        var failed = Cells(summary.Failed, summary.Total);
        var withdrawn = Cells(summary.Skipped + summary.Canceled, summary.Total);
        var ended = Math.Max((int)(summary.Percent * BarWidth / 100), failed + withdrawn);
        return string.Concat(
            Progress(summary), " ",
            colours.Status(nameof(JournalTaskStatus.Completed), new string('█', ended - failed - withdrawn)),
            colours.Status(nameof(JournalTaskStatus.Failed), new string('█', failed)),
            colours.Status(nameof(JournalTaskStatus.Skipped), new string('█', withdrawn)),
            new string('░', BarWidth - ended));
    }

    /// <summary>How many tasks ended in which way, and how many are left.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Tasks(JournalBatchSummary summary, object? style)
    {
        var colours = new ViewStyle(style);
        var parts = new List<string>();
        Add(summary.Completed, nameof(JournalTaskStatus.Completed));
        Add(summary.Failed, nameof(JournalTaskStatus.Failed));
        Add(summary.Skipped, nameof(JournalTaskStatus.Skipped));
        Add(summary.Canceled, nameof(JournalTaskStatus.Canceled));
        if (summary.Remaining > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{summary.Remaining} remaining"));
        return parts.Count == 0 ? "none" : string.Join(", ", parts);

        void Add(long count, string status)
        {
            if (count > 0) parts.Add(colours.Status(status, string.Create(CultureInfo.InvariantCulture, $"{count} {status.ToLowerInvariant()}")));
        }
    }

    /// <summary>How far it is: <c>45/100 (45%)</c>.</summary>
    public static string Progress(JournalBatchSummary summary) =>
        string.Create(CultureInfo.InvariantCulture, $"{summary.Progress} ({summary.Percent}%)");

    /// <summary>How much longer, and when it is over.</summary>
    public static string Eta(JournalBatchSummary summary)
    {
        if (summary.Remaining == 0) return "";
        if (summary.Eta is not { } eta) return "not known yet";
        var text = RelativeTime.Countdown(eta);
        if (summary.EtaP90 is { } late) text += $" (90%: {RelativeTime.Countdown(late)})";
        return summary.FinishAt is { } finish ? $"{text}, at {ViewText.Local(finish)}" : text;
    }

    /// <summary>Mean, median and 95th percentile.</summary>
    public static string Durations(JournalBatchSummary summary) => summary.MeanDuration is null
        ? ""
        : $"mean {ViewText.Duration(summary.MeanDuration)}, median {ViewText.Duration(summary.MedianDuration)}, P95 {ViewText.Duration(summary.P95Duration)}";

    /// <summary>Quota used, and left where there is a limit.</summary>
    public static string Quota(JournalBatchSummary summary) => summary.QuotaLeft is { } left
        ? string.Create(CultureInfo.InvariantCulture, $"{summary.QuotaConsumed} used, {left} left") + ByProject(summary)
        : string.Create(CultureInfo.InvariantCulture, $"{summary.QuotaConsumed} used");

    private static string ByProject(JournalBatchSummary summary)
    {
        const int named = 5;
        if (summary.QuotaLeftByProject.Count == 0) return "";
        var projects = summary.QuotaLeftByProject.Keys.Take(named).Select(project => string.Create(CultureInfo.InvariantCulture, $"{ViewText.Line(project)} {summary.QuotaLeftByProject[project]}"));
        return $" ({string.Join(", ", projects)}{(summary.QuotaLeftByProject.Count > named ? ", …" : "")})";
    }

    /// <summary>Files recorded, and what the disk says where it was asked.</summary>
    public static string Outputs(JournalBatchSummary summary) => summary.OutputsMissing is { } missing
        ? string.Create(CultureInfo.InvariantCulture, $"{summary.Outputs} ({missing} missing, {(summary.OutputsShared > 0 ? $"{summary.OutputsShared} of more than one task, " : "")}{ViewText.Bytes(summary.OutputBytes ?? 0)} on disk)")
        : summary.Outputs.ToString(CultureInfo.InvariantCulture);

    /// <summary>How many tasks ended when, as a row of bars with its beginning, its end and the highest rate.</summary>
    public static string Throughput(JournalBatchSummary summary)
    {
        const string bars = " ▁▂▃▄▅▆▇█";
        var most = summary.Throughput.Max(static stretch => stretch.Ended);
        var row = string.Concat(summary.Throughput.Select(stretch => bars[(int)(((stretch.Ended * 8) + most - 1) / Math.Max(1, most))]));
        var peak = summary.Throughput.Max(static stretch => stretch.PerHour);
        return string.Create(CultureInfo.InvariantCulture, $"{ViewText.Local(summary.Throughput[0].At)} {row} {ViewText.Local(summary.Throughput[^1].At + summary.Throughput[^1].Span)} (at most {peak:N0} an hour)");
    }

    /// <summary>The most frequent errors, a line each.</summary>
    /// <param name="errors">The errors.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Errors(JournalList<JournalErrorSummary> errors, object? style)
    {
        var colours = new ViewStyle(style);
        return string.Join(Environment.NewLine, errors.Take(TopErrors).Select(error => colours.Bad(ViewText.Clip(Error(error), 80))));
    }

    /// <summary>What went wrong, on a line: the message of one of them, which says more than what they have in common.</summary>
    /// <param name="error">The error.</param>
    public static string Message(JournalErrorSummary error) => ViewText.Line(error.Example is { Length: > 0 } example ? ErrorSignature.Headline(example) : error.Signature ?? "");

    private static string Error(JournalErrorSummary error) => string.Create(CultureInfo.InvariantCulture, $"{error.Count} × {error.Category}: {Message(error)}");

    /// <summary>The stages, a line each.</summary>
    public static string Stages(JournalBatchSummary summary) => string.Join(
        Environment.NewLine, summary.Stages.Select(static stage => $"{stage}; mean {ViewText.Duration(stage.MeanDuration)}"));

    // Few failures among many are still to be seen.
    private static int Cells(long count, long total) => count == 0 ? 0 : (int)Math.Max(1, count * (BarWidth - 2) / total);
}

/// <summary>A comparison as its view shows it: the earlier figure, the later one, and what changed.</summary>
public static class ComparisonView
{
    /// <summary>For example <c>120 → 128 (+8)</c>.</summary>
    public static string Count(long earlier, long later) =>
        string.Create(CultureInfo.InvariantCulture, $"{earlier} → {later} ({later - earlier:+#;-#;±0})");

    /// <summary>For example <c>2.0s → 1.5s (−25 %)</c>; empty where neither has one.</summary>
    public static string Duration(TimeSpan? earlier, TimeSpan? later)
    {
        if (earlier is null && later is null) return "";
        var change = earlier > TimeSpan.Zero && later is { } now ? string.Create(CultureInfo.InvariantCulture, $" ({(now / earlier.Value - 1) * 100:+0;-0;±0} %)") : "";
        return $"{Text(earlier)} → {Text(later)}{change}";
    }

    private static string Text(TimeSpan? duration) => duration is null ? "?" : ViewText.Duration(duration);
}

/// <summary>What a journal is, with what only this machine can tell: which of its workers live.</summary>
internal static class JournalInfoView
{
    /// <summary>The description with the names of the workers that are not known to be dead.</summary>
    public static PSObject Row(JournalInfo info, IProcessTable processes)
    {
        var row = PSObject.AsPSObject(info);
        var alive = info.Workers.Where(worker => processes.Probe(worker, info.Path) is not Liveness.Dead).Select(static worker => worker.Name);
        row.Properties.Add(new PSNoteProperty("WorkersAlive", JsonList.From(alive)));
        row.Properties.Add(new PSNoteProperty(nameof(JournalTask.JournalPath), info.Path));
        return row;
    }
}
