using System.Globalization;
using Journal.Policy;
using Journal.Statistics;

namespace Journal.Reports;

/// <summary>A report as tables: what every renderer writes, each in its own way. A section that has nothing to tell is left out.</summary>
public static class ReportSections
{
    private const string NoSignature = "(no message)";

    /// <summary>The sections, in their order.</summary>
    public static IReadOnlyList<ReportSection> Of(ReportModel model)
    {
        var sections = new List<ReportSection> { Overview(model) };
        if (model.Scope.IsPeriod || model.Batches.Count != 1) sections.Add(Batches(model));
        sections.AddRange([Progress(model), Stages(model), Errors(model), Failures(model), Slowest(model), Outputs(model), Quota(model)]);
        return [.. sections.Where(static section => section.Rows.Count > 0).Select(WithoutEmptyColumns)];
    }

    private static ReportSection WithoutEmptyColumns(ReportSection section)
    {
        var kept = Enumerable.Range(0, section.Columns.Count).Where(column => section.Rows.Any(row => row[column].Text.Length > 0)).ToList();
        return kept.Count == section.Columns.Count
            ? section
            : section with { Columns = kept.ConvertAll(column => section.Columns[column]), Rows = [.. section.Rows.Select(row => kept.ConvertAll(column => row[column]))] };
    }

    private static ReportSection Overview(ReportModel model) => new(
        ReportPart.Overview, "Overview", null, [new("Figure"), new("Value", ColumnKind.Number)],
        [.. ReportOverview.Of(model).Select(static figure => (ReportCell[])[ReportText.Text(figure.Name), figure.Value])]);

    private static ReportSection Batches(ReportModel model) => new(
        ReportPart.Batches, "Batches", model.Scope.IsPeriod ? "What ended in this period; status and percent are of the whole batch, now." : null,
        [
            new("Batch"), new("Status", ColumnKind.Word), new("Done", ColumnKind.Number), new("Completed", ColumnKind.Number), new("Failed", ColumnKind.Number),
            new("Skipped", ColumnKind.Number), new("Canceled", ColumnKind.Number), new("Median", ColumnKind.Number),
        ],
        [.. model.Batches.Select(static batch => (ReportCell[])
        [
            ReportText.Text(batch.Summary.BatchId), ReportText.Text(batch.Summary.Status.ToString()), ReportText.Percent(batch.Summary.Percent),
            ReportText.Number(batch.Counts.Completed), ReportText.Number(batch.Counts.Failed), ReportText.Number(batch.Counts.Skipped),
            ReportText.Number(batch.Counts.Canceled), ReportText.Duration(batch.Summary.MedianDuration),
        ])]);

    private static ReportSection Progress(ReportModel model)
    {
        var (rows, sum) = (new List<IReadOnlyList<ReportCell>>(), 0L);
        foreach (var stretch in model.Progress)
        {
            sum += stretch.Ended;
            if (stretch.Ended == 0) continue;
            rows.Add([
                ReportText.Time(stretch.At, model.Zone), ReportText.Number(stretch.Completed), ReportText.Number(stretch.Failed),
                ReportText.Number(stretch.Skipped + stretch.Canceled), ReportText.Number(sum), ReportText.Number(stretch.PerHour),
            ]);
        }

        var step = model.Progress.Count > 0 ? RelativeTime.Countdown(model.Progress[0].Span) : "";
        return new ReportSection(
            ReportPart.Progress, "Progress over time", $"Tasks that ended, in steps of {step}; steps in which none did are not listed.",
            [
                new("From", ColumnKind.Word), new("Completed", ColumnKind.Number), new("Failed", ColumnKind.Number), new("Skipped", ColumnKind.Number),
                new("In all", ColumnKind.Number), new("Per hour", ColumnKind.Number),
            ],
            rows);
    }

    private static ReportSection Stages(ReportModel model)
    {
        var several = model.Batches.Count > 1;
        ReportColumn[] columns =
        [
            new("Stage", ColumnKind.Word), new("Done", ColumnKind.Number), new("Waiting", ColumnKind.Number), new("Running", ColumnKind.Number), new("Failed", ColumnKind.Number),
            new("Retries", ColumnKind.Number), new("Mean", ColumnKind.Bar), new("Median", ColumnKind.Number), new("P95", ColumnKind.Number),
        ];
        var rows = model.Batches.SelectMany(batch => batch.Summary.Stages.Select(stage => (IReadOnlyList<ReportCell>)
        [
            .. several ? [ReportText.Text(batch.Summary.BatchId)] : Array.Empty<ReportCell>(),
            ReportText.Text(stage.Stage), ReportText.Number(stage.Done), ReportText.Number(stage.Waiting), ReportText.Number(stage.InProgress), ReportText.Number(stage.Failed),
            ReportText.Number(stage.Retries), ReportText.Duration(stage.MeanDuration), ReportText.Duration(stage.MedianDuration), ReportText.Duration(stage.P95Duration),
        ]));
        return new ReportSection(
            ReportPart.Stages, "Stages", model.Scope.IsPeriod ? "Of the whole batches, now. Durations are those of completed attempts." : "Durations are those of completed attempts.",
            several ? [new("Batch"), .. columns] : columns, [.. rows]);
    }

    private static ReportSection Errors(ReportModel model) => new(
        ReportPart.Errors, "Errors", "Failed tasks by what went wrong; those that differ in numbers, paths and quoted values alone are one line, told by one of them.",
        [new("Category", ColumnKind.Word), new("Error"), new("Tasks", ColumnKind.Bar), new("Example"), new("Message")],
        [.. model.Errors.Select(static error => (ReportCell[])
        [
            ReportText.Text(error.Category.ToString()), ReportText.Text(error.Example is { Length: > 0 } example ? ErrorSignature.Headline(example) : error.Signature ?? NoSignature), ReportText.Number(error.Count),
            ReportText.Text(error.ExampleKey, 120), ReportText.Text(error.Example),
        ])]);

    private static ReportSection Failures(ReportModel model) => new(
        ReportPart.Failures, "Failed tasks", Listed(model.Failures.Count, model.Counts.Failed, "the latest"),
        [new("Task"), new("Stage", ColumnKind.Word), new("Category", ColumnKind.Word), new("Attempts", ColumnKind.Number), new("Ended", ColumnKind.Word), new("Message")],
        [.. model.Failures.Select(task => (ReportCell[])
        [
            ReportText.Text(task.Key, 120), ReportText.Text(task.Stage), ReportText.Text(task.ErrorCategory.ToString()), ReportText.Number(task.Attempts),
            ReportText.Time(task.EndedAt, model.Zone), ReportText.Text(task.ErrorMessage),
        ])]);

    private static ReportSection Slowest(ReportModel model)
    {
        var several = model.Batches.Count > 1;
        ReportColumn[] columns = [new("Task"), new("Status", ColumnKind.Word), new("Duration", ColumnKind.Bar), new("Started", ColumnKind.Word)];
        return new ReportSection(
            ReportPart.Slowest, "Slowest tasks", null, several ? [.. columns, new("Batch")] : columns,
            [.. model.Slowest.Select(task => (IReadOnlyList<ReportCell>)
            [
                ReportText.Text(task.Key, 120), ReportText.Text(task.Status.ToString()), ReportText.Duration(task.Duration), ReportText.Time(task.StartedAt, model.Zone),
                .. several ? [ReportText.Text(task.BatchId)] : Array.Empty<ReportCell>(),
            ])]);
    }

    private static ReportSection Outputs(ReportModel model)
    {
        var outputs = model.Outputs;
        var note = Listed(outputs.Files.Count, outputs.Recorded, outputs.Missing > 0 ? "the missing ones first" : "the first");
        return outputs.Missing is null
            ? new ReportSection(ReportPart.Outputs, "Outputs", note, [new("File"), new("Task")],
                [.. outputs.Files.Select(static file => (ReportCell[])[ReportText.Text(file.Path), ReportText.Text(file.Key, 120)])])
            : new ReportSection(ReportPart.Outputs, "Outputs", note, [new("File"), new("Task"), new("On disk", ColumnKind.Word), new("Size", ColumnKind.Number)],
                [.. outputs.Files.Select(static file => (ReportCell[])[ReportText.Text(file.Path), ReportText.Text(file.Key, 120), ReportText.Text(file.IsMissing ? "missing" : "yes"), ReportText.Bytes(file.Size)])]);
    }

    private static ReportSection Quota(ReportModel model) => new(
        ReportPart.Quota, "Quota", model.Scope.IsPeriod ? "Of the whole batches, now." : null,
        [new("Project"), new("Batch"), new("Units", ColumnKind.Bar)],
        [.. model.Batches.SelectMany(static batch => batch.Summary.QuotaByProject.Select(project => (ReportCell[])
        [
            ReportText.Text(project.Key), ReportText.Text(batch.Summary.BatchId), ReportText.Number(Convert.ToDouble(project.Value, CultureInfo.InvariantCulture)),
        ]))]);

    private static string? Listed(long listed, long all, string which) =>
        listed < all ? string.Create(CultureInfo.InvariantCulture, $"{listed} of {all:N0}, {which}.") : null;
}

/// <summary>The figures at the head of a report; those that are not known are left out.</summary>
internal static class ReportOverview
{
    public static IEnumerable<(string Name, ReportCell Value)> Of(ReportModel model) => All(model).Where(static figure => figure.Value.Text.Length > 0);

    private static IEnumerable<(string Name, ReportCell Value)> All(ReportModel model)
    {
        var counts = model.Counts;
        if (model.Single is { } batch)
        {
            yield return ("Batch", ReportText.Text(batch.BatchId));
            yield return ("Status", ReportText.Text(batch.PauseReason is { } reason ? $"{batch.StatusText}: {reason}" : batch.StatusText));
            yield return ("Paused until", ReportText.Time(batch.PausedUntil, model.Zone));
        }

        yield return (model.Scope.IsPeriod ? "Tasks that ended" : "Tasks", ReportText.Number(counts.Total));
        yield return ("Completed", ReportText.Number(counts.Completed));
        yield return ("Failed", ReportText.Number(counts.Failed));
        if (counts.Skipped > 0) yield return ("Skipped", ReportText.Number(counts.Skipped));
        if (counts.Canceled > 0) yield return ("Canceled", ReportText.Number(counts.Canceled));
        if (!model.Scope.IsPeriod)
        {
            yield return ("Remaining", ReportText.Number(counts.Open));
            yield return ("Done", ReportText.Percent(counts.Percent));
        }

        yield return ("Success rate", ReportText.Percent(counts.SuccessRate));
        yield return ("Mean duration", ReportText.Duration(model.MeanDuration));
        yield return ("Median duration", ReportText.Duration(model.MedianDuration));
        yield return ("95 % within", ReportText.Duration(model.P95Duration));
        yield return ("Outputs", ReportText.Number(model.Outputs.Recorded));
        if (model.Outputs.Missing is { } missing) yield return ("Outputs missing", ReportText.Number(missing));
        if (model.Outputs.Shared > 0) yield return ("Outputs of several tasks", ReportText.Number(model.Outputs.Shared));
        yield return ("Output size", ReportText.Bytes(model.Outputs.Bytes));
        if (model.Single is { } single)
        {
            foreach (var figure in OfBatch(single, model.Zone)) yield return figure;
        }

        yield return ("Journal", ReportText.Text(model.JournalPath));
    }

    private static IEnumerable<(string Name, ReportCell Value)> OfBatch(JournalBatchSummary batch, TimeZoneInfo zone)
    {
        yield return ("Longest", ReportText.Duration(batch.MaxDuration));
        yield return ("Failed attempts", ReportText.Number(batch.FailedAttempts));
        yield return ("Retries", ReportText.Number(batch.Retries));
        yield return ("Time at work", ReportText.Duration(batch.ActiveTime));
        if (batch.QuotaConsumed > 0) yield return ("Quota used", ReportText.Number(batch.QuotaConsumed));
        if (batch.QuotaLeft is { } left) yield return ("Quota left", ReportText.Number(left));
        if (batch.Remaining > 0)
        {
            yield return ("Time left", ReportText.Duration(batch.Eta));
            yield return ("Time left, at most (90 %)", ReportText.Duration(batch.EtaP90));
            yield return ("Finishes", ReportText.Time(batch.FinishAt, zone));
        }

        yield return ("Created", ReportText.Time(batch.CreatedAt, zone));
        yield return ("Started", ReportText.Time(batch.StartedAt, zone));
        yield return ("Last resumed", ReportText.Time(batch.LastResumedAt, zone));
        yield return ("Ended", ReportText.Time(batch.EndedAt, zone));
    }
}
