namespace Journal.Sqlite.Writing;

/// <summary>An event of another journal as it is written here, small, because millions of them wait for each other's order.</summary>
/// <param name="Order">Its id there.</param>
/// <param name="Place">Its place among those of one id, as some sources give none.</param>
/// <param name="Task">The task's id here; 0 where it is about the batch.</param>
/// <param name="At">Microseconds.</param>
/// <param name="Kind">What happened.</param>
/// <param name="From">The number of a status.</param>
/// <param name="To">The number of a status.</param>
/// <param name="Stage">The place of a stage.</param>
/// <param name="Worker">The worker's number here; 0 for none.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct RestoredEvent(long Order, int Place, long Task, long At, JournalEventKind Kind, int? From, int? To, int? Stage, long Worker, string? Reason);
