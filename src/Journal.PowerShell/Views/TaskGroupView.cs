using System.Globalization;
using System.Management.Automation;
using Journal.Policy;
using Journal.Storage;

namespace Journal.Commands.Views;

/// <summary>Groups of tasks as rows: the columns they were grouped by, then the figures.</summary>
public static class TaskGroupView
{
    /// <summary>The type name of a row, for its view.</summary>
    public const string TypeName = "Journal.TaskGroupRow";

    /// <summary>The row of a group.</summary>
    /// <param name="columns">What is called what was grouped by, see <see cref="TaskGroupings.ColumnsOf"/>.</param>
    /// <param name="group">The group.</param>
    /// <param name="message">The message of one of its tasks, where it was grouped by signature: people read that, and not a text with placeholders.</param>
    /// <param name="journalPath">The journal.</param>
    internal static PSObject Row(IReadOnlyList<string> columns, TaskGroup group, string? message, string journalPath)
    {
        var row = new PSObject();
        row.TypeNames.Insert(0, TypeName);
        for (var i = 0; i < columns.Count; i++) Set(columns[i], group.Values[i]);
        Set(nameof(group.Count), group.Count);
        Set(nameof(group.Succeeded), group.Succeeded);
        Set(nameof(group.Failed), group.Failed);
        Set(nameof(group.MeanDuration), group.MeanDuration);
        Set(nameof(group.MedianDuration), group.MedianDuration);
        Set(nameof(group.P95Duration), group.P95Duration);
        Set(nameof(group.FirstAt), group.FirstAt);
        Set(nameof(group.LastAt), group.LastAt);
        Set(nameof(group.Example), group.Example);
        if (message is not null) Set(nameof(JournalTask.ErrorMessage), message);
        Set(nameof(JournalTask.JournalPath), journalPath);
        return row;

        void Set(string name, object? value)
        {
            // A metadata value may be called like a figure; the figure stays.
            if (row.Properties[name] is not null) row.Properties.Remove(name);
            row.Properties.Add(new PSNoteProperty(name, value));
        }
    }

    /// <summary>What the group is, in one text, for a table whose columns do not depend on what was asked for.</summary>
    public static string Title(PSObject row) => string.Join(
        ", ",
        row.Properties.TakeWhile(static property => property.Name != nameof(TaskGroup.Count))
            .Select(property => (property.Name == nameof(JournalTask.Signature) && row.Properties[nameof(JournalTask.ErrorMessage)]?.Value is string message ? ErrorSignature.Headline(message) : null) ?? Shown(property.Value) ?? "(none)"));

    // A day, or an hour of one.
    private static object? Shown(object? value) => value is DateTimeOffset at ? at.ToString(at.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : at.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : value;
}
