using System.Globalization;

namespace Journal.Commands.Views;

/// <summary>A task and an attempt as their views show them: a line that fits into 80 columns, and below it the whole error, which a column of such a terminal has no room for.</summary>
public static class TaskView
{
    private const int IdWidth = 7;
    private const int KeyWidth = 30;
    private const int StatusWidth = 11;
    private const int StageWidth = 9;
    private const int TriesWidth = 5;

    private const string Indent = "        ";

    // Some four lines; Format-List shows all of it.
    private const int ErrorWidth = 280;
    private const int LineWidth = 79;

    /// <summary>The heading over the lines of tasks.</summary>
    /// <param name="style">$PSStyle.</param>
    public static string TaskHeader(object? style) => new ViewStyle(style).Heading(Line("Id", "Key", "Status", "Stage", "Tries", "Duration"));

    /// <summary>The heading over the lines of attempts.</summary>
    /// <param name="style">$PSStyle.</param>
    public static string AttemptHeader(object? style) => new ViewStyle(style).Heading(Line("Task", "Key", "Outcome", "Stage", "No", "Duration"));

    /// <summary>A task, and what went wrong with it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Task(JournalTask task, object? style) =>
        Lines(task.Id, task.Key, task.Status.ToString(), task.Stage, task.Attempts, task.Duration, task.ErrorCategory, task.ErrorMessage, new ViewStyle(style));

    /// <summary>An attempt, and what went wrong with it.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="style">$PSStyle.</param>
    public static string Attempt(JournalAttempt attempt, object? style) =>
        Lines(attempt.TaskId, attempt.Key, attempt.Outcome.ToString(), attempt.Stage, attempt.Number, attempt.Duration, attempt.ErrorCategory, attempt.ErrorMessage, new ViewStyle(style));

    private static string Lines(
        long id, string key, string status, string? stage, long number, TimeSpan? duration, JournalErrorCategory category, string? error, ViewStyle colours)
    {
        var line = Line(
            id.ToString(CultureInfo.InvariantCulture), ViewText.ClipMiddle(key, KeyWidth), colours.Status(status, status.PadRight(StatusWidth)), ViewText.Clip(stage, StageWidth),
            number.ToString(CultureInfo.InvariantCulture), ViewText.Duration(duration));
        if (string.IsNullOrEmpty(error)) return line;
        // An attempt that its worker's death ended has a reason, and no error of its own.
        var text = category is JournalErrorCategory.None ? error : $"{category}: {error}";
        return line + Environment.NewLine + ViewText.Wrap(ViewText.Clip(text, ErrorWidth), Indent, LineWidth);
    }

    // Padding is done before colouring, for colours count as characters.
    private static string Line(string id, string key, string status, string stage, string tries, string duration) =>
        $"{id,IdWidth} {key,-KeyWidth} {status,-StatusWidth} {stage,-StageWidth} {tries,TriesWidth} {duration,8}".TrimEnd();
}
