namespace Journal.Reports;

/// <summary>What a section of a report is about.</summary>
public enum ReportPart
{
    /// <summary>Figures of the whole, a line each.</summary>
    Overview,

    /// <summary>The batches.</summary>
    Batches,

    /// <summary>How many tasks ended when.</summary>
    Progress,

    /// <summary>Where tasks stand with each stage, and how long it takes.</summary>
    Stages,

    /// <summary>Errors by category and signature.</summary>
    Errors,

    /// <summary>Failed tasks.</summary>
    Failures,

    /// <summary>The slowest tasks.</summary>
    Slowest,

    /// <summary>Files that were made.</summary>
    Outputs,

    /// <summary>Quota by project.</summary>
    Quota,
}

/// <summary>A table of a report, in a form that every renderer can write.</summary>
/// <param name="Part">What it is about.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Note">A sentence under the heading; null for none.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, a cell for each column.</param>
public sealed record ReportSection(ReportPart Part, string Title, string? Note, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportCell>> Rows);

/// <summary>How a column wants to be shown.</summary>
public enum ColumnKind
{
    /// <summary>Text, from the left.</summary>
    Text,

    /// <summary>Short text that is not broken.</summary>
    Word,

    /// <summary>Numbers, to the right.</summary>
    Number,

    /// <summary>Numbers whose size is shown as a bar where that can be drawn.</summary>
    Bar,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Kind">How it wants to be shown.</param>
public readonly record struct ReportColumn(string Name, ColumnKind Kind = ColumnKind.Text);

/// <summary>A cell of a table.</summary>
/// <param name="Text">For people: one line, safe to show.</param>
/// <param name="Value">For programs: the text, number or time itself; a duration in seconds.</param>
public readonly record struct ReportCell(string Text, object? Value);
