using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Writing;

/// <summary>A batch during one transaction, written once at its end: the write lock makes it the only truth.</summary>
internal sealed class BatchEntry
{
    public BatchEntry(Statement row)
    {
        Number = row.Integer(0);
        Id = row.Text(1)!;
        Revision = row.Integer(2);
        StageCount = row.Integer(3);
        Standing = StoredBatch.ReadStanding(row, 4);
        FirstTask = row.IntegerOrNull(26);
        LastTask = row.IntegerOrNull(27);
        FirstEvent = row.IntegerOrNull(28);
        LastEvent = row.IntegerOrNull(29);
    }

    public long Number { get; }

    public string Id { get; }

    public long Revision { get; set; }

    public long StageCount { get; }

    public BatchStanding Standing { get; }

    public long? FirstTask { get; private set; }

    public long? LastTask { get; private set; }

    public long? FirstEvent { get; private set; }

    public long? LastEvent { get; private set; }

    /// <summary>Whether it is to be written: whatever changes a batch is told in an event.</summary>
    public bool Changed { get; set; }

    /// <summary>Tasks with these ids were added.</summary>
    public void NoteTasks(long first, long last)
    {
        FirstTask ??= first;
        LastTask = last;
    }

    /// <summary>An event with this id was written.</summary>
    public void NoteEvent(long id)
    {
        FirstEvent ??= id;
        LastEvent = id;
        Changed = true;
    }
}
