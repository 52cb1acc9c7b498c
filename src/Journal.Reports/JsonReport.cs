using System.Globalization;
using System.Text;

namespace Journal.Reports;

/// <summary>A report as JSON: figures as numbers, durations in seconds, times in ISO 8601.</summary>
internal static class JsonReport
{
    public static string Render(ReportModel model) => ShowMarks(JsonValues.ToJson(new Dictionary<string, object?>
    {
        ["Title"] = model.Scope.Title,
        ["JournalPath"] = model.JournalPath,
        ["MadeAt"] = model.MadeAt,
        ["Since"] = model.Scope.Since,
        ["Until"] = model.Scope.Until,
        ["Counts"] = JsonMap.Parse(model.Counts.ToString()),
        ["SuccessRate"] = model.Counts.SuccessRate,
        ["MeanDuration"] = model.MeanDuration?.TotalSeconds,
        ["MedianDuration"] = model.MedianDuration?.TotalSeconds,
        ["P95Duration"] = model.P95Duration?.TotalSeconds,
        ["Batches"] = model.Batches.Select(Batch).ToList(),
        ["Progress"] = model.Progress.Select(static stretch => stretch.ToJson()).ToList(),
        ["Errors"] = model.Errors.Select(static error => error.ToJson()).ToList(),
        ["Failures"] = model.Failures.Select(Task).ToList(),
        ["Slowest"] = model.Slowest.Select(Task).ToList(),
        ["Outputs"] = Outputs(model),
    }));

    // Marks that turn the order of reading stand only within texts, where JSON can say them in letters.
    private static string ShowMarks(string json)
    {
        var shown = new StringBuilder(json.Length);
        foreach (var character in json)
        {
            if (char.GetUnicodeCategory(character) is UnicodeCategory.Format) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else shown.Append(character);
        }

        return shown.ToString();
    }

    private static Dictionary<string, object?> Batch(ReportBatch batch) => new()
    {
        ["BatchId"] = batch.Summary.BatchId,
        ["Name"] = batch.Summary.Name,
        ["Status"] = batch.Summary.Status.ToString(),
        ["StatusText"] = batch.Summary.StatusText,
        ["Percent"] = batch.Summary.Percent,
        ["Counts"] = JsonMap.Parse(batch.Counts.ToString()),
        ["Remaining"] = batch.Summary.Remaining,
        ["MeanDuration"] = batch.Summary.MeanDuration?.TotalSeconds,
        ["MedianDuration"] = batch.Summary.MedianDuration?.TotalSeconds,
        ["P95Duration"] = batch.Summary.P95Duration?.TotalSeconds,
        ["ActiveTime"] = batch.Summary.ActiveTime.TotalSeconds,
        ["Eta"] = batch.Summary.Eta?.TotalSeconds,
        ["EtaP90"] = batch.Summary.EtaP90?.TotalSeconds,
        ["FinishAt"] = batch.Summary.FinishAt,
        ["QuotaConsumed"] = batch.Summary.QuotaConsumed,
        ["QuotaLeft"] = batch.Summary.QuotaLeft,
        ["QuotaByProject"] = batch.Summary.QuotaByProject,
        ["Stages"] = batch.Summary.Stages.Select(static stage => stage.ToJson()).ToList(),
        ["CreatedAt"] = batch.Summary.CreatedAt,
        ["StartedAt"] = batch.Summary.StartedAt,
        ["EndedAt"] = batch.Summary.EndedAt,
    };

    private static Dictionary<string, object?> Task(JournalTask task) => new()
    {
        ["Id"] = task.Id,
        ["BatchId"] = task.BatchId,
        ["Key"] = task.Key,
        ["Status"] = task.Status.ToString(),
        ["Stage"] = task.Stage,
        ["Attempts"] = task.Attempts,
        ["Duration"] = task.Duration?.TotalSeconds,
        ["ErrorCategory"] = task.ErrorCategory.ToString(),
        ["ErrorMessage"] = task.ErrorMessage,
        ["StartedAt"] = task.StartedAt,
        ["EndedAt"] = task.EndedAt,
    };

    private static Dictionary<string, object?> Outputs(ReportModel model) => new()
    {
        ["Recorded"] = model.Outputs.Recorded,
        ["Missing"] = model.Outputs.Missing,
        ["Bytes"] = model.Outputs.Bytes,
        ["Shared"] = model.Outputs.Shared,
        ["Files"] = model.Outputs.Files.Select(static file => new Dictionary<string, object?>
        {
            ["Path"] = file.Path,
            ["Key"] = file.Key,
            ["Size"] = file.Size,
            ["IsMissing"] = file.IsMissing,
        }).ToList(),
    };
}
