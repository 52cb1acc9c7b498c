namespace Journal.Postgres.Writing;

/// <summary>An event that a transaction is going to write.</summary>
internal sealed record EventRecord(
    long At, long Batch, long? Task, JournalEventKind Kind, int? From, int? To, long? Stage, long? Worker, string? Reason);
