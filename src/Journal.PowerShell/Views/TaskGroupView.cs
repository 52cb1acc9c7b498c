using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands.Views;

/// <summary>Groups of tasks as rows: the columns they were grouped by, then the figures.</summary>
public static class TaskGroupView
{
    /// <summary>The type name of a row, for its view.</summary>
    public const string TypeName = "Journal.TaskGroupRow";

    /// <summary>The row of a group.</summary>
    internal static PSObject Row(IReadOnlyList<TaskGrouping> by, TaskGroup group, string journalPath)
    {
        var row = new PSObject();
        row.TypeNames.Insert(0, TypeName);
        for (var i = 0; i < by.Count; i++) Set(TaskGroupings.ColumnOf(by[i]), group.Values[i]);
        Set(nameof(group.Count), group.Count);
        Set(nameof(group.Succeeded), group.Succeeded);
        Set(nameof(group.Failed), group.Failed);
        Set(nameof(group.MeanDuration), group.MeanDuration);
        Set(nameof(group.MedianDuration), group.MedianDuration);
        Set(nameof(group.P95Duration), group.P95Duration);
        Set(nameof(group.FirstAt), group.FirstAt);
        Set(nameof(group.LastAt), group.LastAt);
        Set(nameof(group.Example), group.Example);
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
        ", ", row.Properties.TakeWhile(static property => property.Name != nameof(TaskGroup.Count)).Select(static property => property.Value?.ToString() ?? "(none)"));
}
