using System.Globalization;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Foreign;

/// <summary>What GNU parallel writes with <c>--joblog</c>: a header and a line for each job that ended, with tabs between the columns.</summary>
internal sealed class ParallelJoblog(SourceFile file, ImportOptions options)
{
    /// <summary>How the file begins.</summary>
    public const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

    private const int Columns = 9;

    private readonly Dictionary<long, SourceTask> _bySequence = [];

    /// <summary>The batch: a job is a task, its command the key; a job that was run again has another attempt.</summary>
    public SourceBatch Read()
    {
        var batch = new SourceBatch(file, ImportFormat.ParallelJoblog) { SourceType = "Command" };
        if (options.Name is { } name) batch.Name = name;
        var text = file.Text;
        var line = 1;
        for (var start = text.IndexOf('\n', StringComparison.Ordinal) + 1; start > 0 && start < text.Length;)
        {
            line++;
            var end = text.IndexOf('\n', start);
            if (end < 0) throw file.Wrong(line, "The last line has no end: the file is cut.");
            AddLine(batch, text[start..end].TrimEnd('\r'), line);
            start = end + 1;
        }

        if (batch.Tasks.Count > 0) batch.Identity = $"{batch.Tasks[0].Key}\n{batch.Tasks[0].StartedAt?.UtcTicks}";
        return batch;
    }

    private void AddLine(SourceBatch batch, string line, int number)
    {
        var cells = line.Split('\t', Columns);
        if (cells.Length < Columns) throw file.Wrong(number, $"There are {cells.Length} columns, not {Columns}: the file is cut, or it is no joblog.");
        var sequence = Whole(cells[0], "Seq", number);
        var begun = Real(cells[2], "Starttime", number);
        var startedAt = Scalars.FromEpoch(begun) ?? throw file.Wrong(number, $"Starttime: '{cells[2]}' is no time.");
        var ran = Scalars.Duration(cells[3].Trim(), TimeSpan.FromSeconds(1)) is { } span && span >= TimeSpan.Zero ? span : throw file.Wrong(number, $"JobRuntime: '{cells[3]}' is no length of time.");
        var exit = Whole(cells[6], "Exitval", number);
        var signal = Whole(cells[7], "Signal", number);
        // parallel writes the line breaks of a command as NUL.
        var command = cells[8].Replace('\0', '\n');
        if (command.Length == 0) throw file.Wrong(number, "There is no command.");

        if (!_bySequence.TryGetValue(sequence, out var task))
        {
            // The same command may be run several times: the first one has it as its key.
            var key = batch.Find(command) is null ? command : string.Create(CultureInfo.InvariantCulture, $"{command} #{sequence}");
            if (batch.Find(key) is not null) throw file.Wrong(number, $"There are two jobs '{key}'.");
            task = _bySequence[sequence] = batch.Add(key);
            task.Input = TaskInput.OfText(command);
        }

        var endedAt = DateTimeOffset.MaxValue - startedAt > ran ? startedAt + ran : throw file.Wrong(number, $"JobRuntime: '{cells[3]}' is too long.");
        var message = signal != 0 ? $"Killed by signal {signal}." : exit != 0 ? $"The command ended with exit code {exit}." : null;
        task.Status = message is null ? JournalTaskStatus.Completed : JournalTaskStatus.Failed;
        task.Error = new SourceError(message, null, null);
        task.Worker = cells[1].Trim();
        task.StartedAt ??= startedAt;
        task.EndedAt = endedAt;
        task.AddAttempt(startedAt, endedAt, message is null ? JournalAttemptOutcome.Completed : JournalAttemptOutcome.Failed, task.Error, worker: task.Worker);
        task.Metadata = JsonMap.From(
        [
            new("seq", sequence), new("exitCode", exit), new("signal", signal),
            new("bytesSent", Whole(cells[4], "Send", number)), new("bytesReceived", Whole(cells[5], "Receive", number)),
        ]);
    }

    private long Whole(string cell, string column, int line) =>
        long.TryParse(cell.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw file.Wrong(line, $"{column}: '{cell}' is no whole number.");

    private double Real(string cell, string column, int line) =>
        double.TryParse(cell.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw file.Wrong(line, $"{column}: '{cell}' is no number.");
}
