using System.Globalization;
using System.Management.Automation;
using Journal.Statistics;
using Journal.Terminal;

namespace Journal.Commands.Views;

/// <summary>Values as the views show them.</summary>
public static class ViewText
{
    private static readonly string[] Titles = [nameof(JournalTask.Key), nameof(JournalEvent.Kind), nameof(JournalBatch.Id), nameof(JournalBatch.Name), nameof(JournalTask.BatchId), "Path", nameof(JournalTask.JournalPath)];

    /// <summary>A value as text without anything that commands a terminal; line breaks stay.</summary>
    public static string Safe(object? value) => TerminalText.Safe(Convert.ToString(value, CultureInfo.InvariantCulture));

    /// <summary>The same on one line.</summary>
    public static string Line(object? value) => TerminalText.SafeLine(Convert.ToString(value, CultureInfo.InvariantCulture));

    /// <summary>An object in one text: what its group, key, name or path is.</summary>
    public static string Title(PSObject value) => Line(
        value.TypeNames.Contains(TaskGroupView.TypeName)
            ? TaskGroupView.Title(value)
            : Titles.Select(name => value.Properties[name]?.Value).FirstOrDefault(static title => title is not null));

    /// <summary>A text cut to a width, on one line.</summary>
    public static string Clip(string? text, int width)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var line = TerminalText.SafeLine(text);
        return line.Length <= width ? line : string.Concat(line.AsSpan(0, width - 1), "…");
    }

    /// <summary>A text in lines that are indented and end between words, where they can.</summary>
    /// <param name="text">The text, on one line.</param>
    /// <param name="indent">What each line begins with.</param>
    /// <param name="width">The length of a line, with the indent.</param>
    public static string Wrap(string text, string indent, int width)
    {
        var lines = new List<string>();
        for (var rest = text; rest.Length > 0;)
        {
            var most = width - indent.Length;
            if (rest.Length <= most)
            {
                lines.Add(indent + rest);
                break;
            }

            var space = rest.LastIndexOf(' ', most);
            var end = space > 0 ? space : most;
            lines.Add(indent + rest[..end].TrimEnd());
            rest = rest[end..].TrimStart();
        }

        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>A text cut in the middle: the end of a path tells more than its beginning.</summary>
    public static string ClipMiddle(string? text, int width)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var line = TerminalText.SafeLine(text);
        if (line.Length <= width) return line;
        var head = (width - 1) / 3;
        return string.Concat(line.AsSpan(0, head), "…", line.AsSpan(line.Length - (width - 1 - head)));
    }

    /// <summary>A status in its colour.</summary>
    /// <param name="status">A status or an outcome; null for none.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Status(object? status, object? style) => status?.ToString() is { } name ? new ViewStyle(style).Status(name, name) : "";

    /// <summary>A number of failures, coloured unless there are none.</summary>
    /// <param name="count">How many.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Failures(long count, object? style) => count == 0 ? "0" : new ViewStyle(style).Bad(count.ToString(CultureInfo.InvariantCulture));

    /// <summary>How long ago.</summary>
    public static string Age(DateTimeOffset? time) => time is { } at ? RelativeTime.Age(TimeProvider.System.GetUtcNow() - at) : "";

    /// <summary>A time on the user's clock.</summary>
    public static string Local(DateTimeOffset? time) => time is { } at ? RelativeTime.Local(at) : "";

    /// <summary>A length of time.</summary>
    public static string Duration(TimeSpan? duration) => DurationText.Of(duration);

    /// <summary>A number of bytes.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double amount = bytes;
        var unit = 0;
        for (; amount >= 1024 && unit < units.Length - 1; unit++) amount /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.#} {units[unit]}");
    }

    /// <summary>Texts, a line each.</summary>
    public static string Lines(JsonList texts) => string.Join(Environment.NewLine, texts.Select(TerminalText.SafeLine));

    /// <summary>How many tasks are in each status, leaving out what there is none of.</summary>
    public static string Counts(TaskCounts counts)
    {
        var parts = Enum.GetValues<JournalTaskStatus>().Where(status => counts.Of(status) > 0).Select(status => string.Create(CultureInfo.InvariantCulture, $"{counts.Of(status)} {status}"));
        return counts.Total == 0 ? "none" : string.Join(", ", parts);
    }
}
