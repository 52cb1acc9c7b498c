using System.Management.Automation;

namespace Journal.Commands.Views;

/// <summary>
/// The colours of a view, from the session's $PSStyle, so that they are the user's own. PowerShell takes them out again where output is plain
/// (NO_COLOR, OutputRendering, a file): what a view says must not hang on them.
/// </summary>
internal sealed class ViewStyle
{
    private readonly PSObject? _style;

    /// <param name="style">$PSStyle; null for no colours.</param>
    public ViewStyle(object? style) => _style = style is null ? null : PSObject.AsPSObject(style);

    /// <summary>A heading, as that of a table.</summary>
    public string Heading(string text) => Paint("Formatting", "TableHeader", text);

    /// <summary>Something that is wrong.</summary>
    public string Bad(string text) => Paint("Formatting", "Error", text);

    /// <summary>Something that waits.</summary>
    public string Waiting(string text) => Paint("Formatting", "Warning", text);

    /// <summary>A line to type.</summary>
    public string Command(string text) => Paint("Foreground", "Cyan", text);

    /// <summary>A status in its colour.</summary>
    /// <param name="status">The name of a status or outcome.</param>
    /// <param name="text">What to write.</param>
    public string Status(string status, string text) => ColourOf(status) switch
    {
        null => text,
        "Red" => Bad(text),
        "Yellow" => Waiting(text),
        var colour => Paint("Foreground", colour, text),
    };

    /// <summary>A text whose left part has a ground in the colour of a status: a bar that takes no room.</summary>
    public string Bar(string status, string text, double percent)
    {
        var filled = (int)(text.Length * percent / 100);
        return filled == 0 ? text : Paint("Background", ColourOf(status) ?? "BrightBlack", Paint("Foreground", "Black", text[..filled])) + text[filled..];
    }

    private static string? ColourOf(string status) => status switch
    {
        nameof(JournalBatchStatus.Completed) => "Green",
        nameof(JournalBatchStatus.Failed) or nameof(JournalAttemptOutcome.Abandoned) => "Red",
        nameof(JournalBatchStatus.Running) or nameof(JournalTaskStatus.InProgress) => "Cyan",
        nameof(JournalBatchStatus.Paused) => "Yellow",
        nameof(JournalBatchStatus.Canceled) or nameof(JournalTaskStatus.Skipped) => "BrightBlack",
        _ => null,
    };

    private string Paint(string group, string colour, string text) =>
        text.Length > 0 && Member(Member(_style, group), colour)?.BaseObject is string { Length: > 0 } begin && Member(_style, "Reset")?.BaseObject is string end ? begin + text + end : text;

    private static PSObject? Member(PSObject? value, string name) => value?.Properties[name]?.Value is { } found ? PSObject.AsPSObject(found) : null;
}
