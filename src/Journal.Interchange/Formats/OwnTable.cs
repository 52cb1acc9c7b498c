using System.Globalization;
using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Interchange.Formats;

/// <summary>
/// Tasks as a table: a row each, metadata and lists as JSON text. Attempts and events do not fit into it. Tables of tasks that Export-Csv wrote
/// are read, too; those have no neutralised cells.
/// </summary>
internal static class OwnTable
{
    // Written by this module alone: it tells its tables from those of Export-Csv, which do not neutralise cells.
    private const string Mark = "BatchCreatedAt";

    private static readonly string[] Columns =
    [
        "BatchId", "BatchName", Mark, "BatchStages", "Key", "Status", "Stage", "InputKind", "Input", "SourceType", "Priority", "Weight", "Attempts", "Crashes",
        "ErrorCategory", "ErrorMessage", "Signature", "TargetId", "Outputs", "QuotaConsumed", "QuotaProject", "Worker", "CreatedAt", "UpdatedAt",
        "StartedAt", "EndedAt", "NotBefore", "Duration", "Metadata", "LimitKey", "Cost", "Postponed", "IsHeld",
    ];

    // What a table of Export-Csv has besides, and what follows from other columns.
    private static readonly HashSet<string> Derived = new(["id", "maxretries", "token", "leaseuntil", "progress", "progresstext", "waitsforkey", "waitsfor", "journalpath", "pstypename"], StringComparer.Ordinal);

    /// <summary>The first line.</summary>
    public static string HeaderLine => string.Join(',', Columns);

    /// <summary>Whether a first line is that of such a table.</summary>
    public static bool LooksLikeHeader(string line)
    {
        var names = line.Split(',').Select(static name => name.Trim().Trim('"')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return names.Contains("BatchId") && names.Contains("Key") && names.Contains("Status");
    }

    /// <summary>The row of a task.</summary>
    public static string Row(JournalBatch batch, JournalTask task)
    {
        string?[] texts =
        [
            batch.Id, batch.Name, NodeBuilder.Time(batch.CreatedAt), batch.Stages.Count == 0 ? null : batch.Stages.ToString(), task.Key, task.Status.ToString(), task.Stage,
            task.StoredInput.Kind.ToString(), task.StoredInput.Text == task.Key ? null : task.StoredInput.Text, task.SourceType, Number(task.Priority), Number(task.Weight), Number(task.Attempts), Number(task.Crashes),
            task.ErrorCategory.ToString(), task.ErrorMessage, task.Signature, task.TargetId, task.Outputs.Count == 0 ? null : task.Outputs.ToString(),
            Number(task.QuotaConsumed), task.QuotaProject, task.Worker, NodeBuilder.Time(task.CreatedAt), NodeBuilder.Time(task.UpdatedAt), Time(task.StartedAt),
            Time(task.EndedAt), Time(task.NotBefore), task.Duration?.ToString("c", CultureInfo.InvariantCulture), task.Metadata.Count == 0 ? null : task.Metadata.Json,
            task.LimitKey, Number(task.Cost), Number(task.Postponed), task.IsHeld ? "True" : "False",
        ];
        // Quoted, an empty text is told from none.
        return string.Join(',', texts.Select(static text => text is { Length: 0 } ? "\"\"" : CsvCell.Write(text)));
    }

    /// <summary>The batches of a table.</summary>
    /// <exception cref="JournalException">ImportFileInvalid.</exception>
    public static IReadOnlyList<FullBatch> Read(SourceFile file, ImportOptions options)
    {
        var batches = new Dictionary<string, (JournalBatch Batch, List<FullTask> Tasks, HashSet<string> Keys)>(StringComparer.Ordinal);
        List<string>? header = null;
        var restore = false;
        foreach (var (line, cells) in CsvText.Read(file))
        {
            if (header is null)
            {
                header = cells.ConvertAll(static cell => cell.Text);
                restore = header.Contains(Mark);
                continue;
            }

            if (cells.Count != header.Count) throw file.Wrong(line, $"There are {cells.Count} columns, not {header.Count} as in the first line.");
            var fields = new Fields(ToNode(file, header, cells, line, restore), file, options.NaiveTimes) { IsoTimesOnly = true };
            AddRow(batches, fields, file);
        }

        return [.. batches.Values.Select(entry => new FullBatch(entry.Batch, entry.Tasks) { Source = file.Path })];
    }

    private static void AddRow(Dictionary<string, (JournalBatch Batch, List<FullTask> Tasks, HashSet<string> Keys)> batches, Fields fields, SourceFile file)
    {
        var id = SourceBatch.Clean(fields.Require("batch id", "batchid"));
        var name = fields.Text("batchname");
        var createdAt = fields.Time("batchcreatedat");
        var stages = fields.Items("batchstages").Select(fields.AsText).ToList();
        var task = OwnTask.Read(fields, id);
        if (!batches.TryGetValue(id, out var entry))
        {
            if (stages.Count == 0 && task.Task.Stage is { } only) stages.Add(only);
            var batch = new JournalBatch
            {
                Id = id,
                Name = SourceBatch.Clean(name ?? NameOf(id)),
                CreatedAt = createdAt ?? task.Task.CreatedAt,
                StartedAt = task.Task.StartedAt,
                SourceType = task.Task.SourceType,
                Stages = JsonList.From(stages),
            };
            entry = batches[id] = (batch, [], new HashSet<string>(StringComparer.Ordinal));
        }

        if (!entry.Keys.Add(task.Task.Key)) throw fields.Wrong($"The key '{task.Task.Key}' comes twice.");
        // A table of Export-Csv does not list the stages: they are those that occur.
        if (task.Task.Stage is { } stage && !entry.Batch.Stages.Contains(stage, StringComparer.OrdinalIgnoreCase))
        {
            if (createdAt is not null) throw fields.Wrong($"The batch has no stage '{stage}'.");
            entry.Batch = entry.Batch with { Stages = JsonList.From([.. entry.Batch.Stages, stage]) };
        }

        if (task.Task.StartedAt is { } started && (entry.Batch.StartedAt is not { } first || started < first)) entry.Batch = entry.Batch with { StartedAt = started };
        entry.Tasks.Add(task);
        batches[id] = entry;
    }

    private static Node ToNode(SourceFile file, List<string> header, List<CsvText.Cell> cells, int line, bool restore)
    {
        var members = new List<KeyValuePair<string, Node>>(header.Count);
        for (var i = 0; i < header.Count; i++)
        {
            var name = FieldNames.Fold(header[i]);
            var cell = cells[i];
            if (Derived.Contains(name) || (cell.Text.Length == 0 && (!cell.Quoted || !restore))) continue;
            var text = restore ? CsvCell.Read(cell.Text) : cell.Text;
            var node = name is "outputs" or "metadata" or "batchstages" ? JsonText.Parse(file, System.Text.Encoding.UTF8.GetBytes(text), line) : Node.Of(text, line);
            members.Add(new(header[i], node));
        }

        return Node.Map(members, line);
    }

    // The id without its time; see BatchNaming.CandidateIds.
    private static string NameOf(string id)
    {
        var parts = id.Split('-');
        return parts.Length > 2 && parts[^1].Length == 6 && parts[^2].Length == 8 ? string.Join('-', parts[..^2]) : id;
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time is { } known ? NodeBuilder.Time(known) : null;
}
