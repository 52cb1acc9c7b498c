using System.Management.Automation;
using Journal.Interchange;
using Journal.Reports;

namespace Journal.Commands;

/// <summary>Writes what a journal holds as metrics in the text format of Prometheus, for the textfile collector of its node exporter.</summary>
[Cmdlet(VerbsData.Export, "JournalMetric", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportJournalMetricCommand : JournalCmdlet
{
    /// <summary>The file, which the collector asks to end in <c>.prom</c>. It is replaced in one step, and everybody may read it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("FilePath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var file = ResolveFilePath(Path, (path, detail) => JournalErrors.ExportFailed(path, detail));
        if (!ShouldProcess(file, $"Write the metrics of journal '{Location}'")) return;
        try
        {
            var store = Reader;
            AtomicFile.WriteText(file, replace: true, writer => MetricReport.Write(writer, store, Processes), isPublic: true);
        }
        catch (JournalException e) when (e.ErrorId is not (nameof(JournalErrors.ExportFailed) or nameof(JournalErrors.ExportFileExists)))
        {
            // The old samples would be taken for today's.
            AtomicFile.WriteText(file, replace: true, MetricReport.WriteFailure, isPublic: true);
            throw;
        }

        WriteObject(FileItem(file));
    }
}
