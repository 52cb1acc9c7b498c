using System.Management.Automation;
using System.Text;
using Journal.Commands.Completion;
using Journal.Interchange;
using Journal.Reports;
using Journal.Statistics;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Writes a report about batches, a day or a week: a page with charts, or Markdown, text, JSON or CSV.</summary>
[Cmdlet(VerbsData.Export, "JournalReport", DefaultParameterSetName = "Batch", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo), typeof(string))]
public sealed class ExportJournalReportCommand : JournalCmdlet
{
    private readonly List<string> _batchIds = [];
    private string? _location;

    /// <summary>The batches: ids, names (the newest batch of that name), or objects that tell their batch. Several make one report.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Batch")]
    [Alias("Id")]
    [BatchId]
    [ArgumentCompleter(typeof(BatchIdCompleter))]
    public string[] BatchId { get; set; } = [];

    /// <summary>What ended on this day of your calendar.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Day")]
    public DateTime Day { get; set; }

    /// <summary>What ended in the week, Monday to Sunday, of this day.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Week")]
    public DateTime Week { get; set; }

    /// <summary>The file to write; without it the report goes to the pipeline as text.</summary>
    [Parameter(Position = 1)]
    [Alias("FilePath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>What to write; by default what the file's extension says, else a page.</summary>
    [Parameter]
    [ReportFormatName]
    public ReportFormat Format { get; set; }

    /// <summary>How many errors, tasks and files to list.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int Top { get; set; } = 10;

    /// <summary>Look on the disk which of the recorded outputs are still there.</summary>
    [Parameter]
    public SwitchParameter VerifyOutput { get; set; }

    /// <summary>Overwrite the file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        if (ParameterSetName != "Batch") return;
        // By the time of the report the pipeline's last item, and the journal it carries, are gone.
        _location ??= Location;
        if (_location != Location) throw JournalErrors.InvalidValue("-BatchId", BatchId[0], $"it is in '{Location}', and the report is about '{_location}': one report tells of one journal.");
        ForEach(BatchId, id => _batchIds.Add(Reader.MeantBatch(id).Id));
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (ParameterSetName == "Batch" && _batchIds.Count == 0) return;
        var scope = ParameterSetName switch
        {
            "Day" => ReportScope.OfDay(DateOnly.FromDateTime(Day), TimeZoneInfo.Local),
            "Week" => ReportScope.OfWeek(DateOnly.FromDateTime(Week), TimeZoneInfo.Local),
            _ => ReportScope.OfBatches([.. _batchIds.Distinct(StringComparer.Ordinal)]),
        };
        JournalPath = _location ?? JournalPath;
        var file = Path is null ? null : ResolveFilePath(Path, (path, detail) => JournalErrors.ExportFailed(path, detail));
        var format = ReportRenderer.FormatFor(MyInvocation.BoundParameters.ContainsKey(nameof(Format)) ? Format : null, file);
        if (file is not null && !Force && File.Exists(file)) throw JournalErrors.ExportFileExists(file);
        if (file is not null && !ShouldProcess(file, $"Write a report about {scope.Title}")) return;

        var model = new ReportBuilder(Reader, TimeZoneInfo.Local) { Top = Top, Processes = Processes, SizeOf = VerifyOutput ? SizeOf : null }.Build(scope);
        var text = ReportRenderer.Render(model, format);
        if (file is null) WriteObject(text);
        else WriteObject(Write(file, text, format));
    }

    private PSObject? Write(string file, string text, ReportFormat format)
    {
        // Excel takes a CSV file for one of the old code pages unless it begins with a mark.
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: format == ReportFormat.Csv);
        AtomicFile.Write(file, Force, stream =>
        {
            stream.Write(encoding.Preamble);
            stream.Write(encoding.GetBytes(text));
        });
        return FileItem(file);
    }

    private long? SizeOf(string path)
    {
        StopToken.ThrowIfCancellationRequested();
        return OutputTally.OnDisk(path);
    }
}

/// <summary>Takes a file's extension for the format that it stands for: <c>txt</c>, <c>md</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ReportFormatNameAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is string text && ReportRenderer.FormatOf($".{text}") is { } format ? format : inputData;
}
