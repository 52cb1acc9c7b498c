using System.Collections.Frozen;

namespace Journal.Interchange.Mapping;

/// <summary>What other systems call a status. The table stands in docs/import-export.md.</summary>
internal static class StatusNames
{
    private static readonly FrozenDictionary<string, JournalTaskStatus> Table = Rows(
        (JournalTaskStatus.Pending, "pending queued waiting new ready todo discovered unprocessed scheduled paused retry retrying requeued"),
        (JournalTaskStatus.InProgress, "inprogress running processing started active working claimed doing"),
        (JournalTaskStatus.Completed, "completed complete done success succeeded successful ok processed finished published"),
        (JournalTaskStatus.Failed, "failed failure fail error errored abandoned dead timedout notfound"),
        (JournalTaskStatus.Skipped, "skipped skip duplicate ignored excluded"),
        (JournalTaskStatus.Canceled, "canceled cancelled aborted withdrawn")).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The status that a name means; null for a name that is not known.</summary>
    public static JournalTaskStatus? Find(string name) => Table.TryGetValue(FieldNames.Fold(name), out var status) ? status : null;

    private static Dictionary<string, JournalTaskStatus> Rows(params (JournalTaskStatus Status, string Names)[] rows) =>
        rows.SelectMany(static row => row.Names.Split(' ').Select(name => (name, row.Status))).ToDictionary(static row => row.name, static row => row.Status);
}
