namespace Journal.Reports;

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
