using System.Globalization;
using Journal.Statistics;

namespace Journal.Reports;

/// <summary>One of the few figures that stand large at the head of a page.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The figure.</param>
/// <param name="Detail">A figure beside it; empty for none.</param>
/// <param name="IsBad">It calls for attention.</param>
internal readonly record struct HtmlTile(string Name, string Value, string Detail = "", bool IsBad = false)
{
    /// <summary>The tiles of a report.</summary>
    public static IEnumerable<HtmlTile> Of(ReportModel model)
    {
        var counts = model.Counts;
        yield return model.Scope.IsPeriod
            ? new HtmlTile("Ended", Number(counts.Total), model.Batches.Count == 1 ? "in 1 batch" : $"in {Number(model.Batches.Count)} batches")
            : new HtmlTile("Done", ReportText.Percent(counts.Percent).Text, $"{Number(counts.Ended)} of {Number(counts.Total)}");
        yield return new HtmlTile("Completed", Number(counts.Completed), counts.SuccessRate is { } rate ? $"success rate {ReportText.Percent(rate).Text}" : "");
        yield return new HtmlTile("Failed", Number(counts.Failed), model.Errors.Count switch { 0 => "", 1 => "1 kind of error", var kinds => $"{kinds} kinds of errors" }, counts.Failed > 0);
        if (!model.Scope.IsPeriod && counts.Open > 0)
        {
            yield return new HtmlTile("Remaining", Number(counts.Open), model.Single?.Eta is { } eta ? $"about {DurationText.Of(eta)} of work" : "");
        }

        if (model.MedianDuration is not null)
        {
            yield return new HtmlTile("Median duration", DurationText.Of(model.MedianDuration), $"95 % within {DurationText.Of(model.P95Duration)}");
        }

        if (model.Outputs.Recorded > 0)
        {
            var missing = model.Outputs.Missing;
            yield return new HtmlTile("Outputs", Number(model.Outputs.Recorded), missing is { } gone ? gone == 0 ? "all on disk" : $"{Number(gone)} missing" : "files recorded", missing > 0);
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
