using Journal.Formats;
using Journal.Interchange.Sources;
using Journal.Policy;
using Journal.Storage;

namespace Journal.Interchange.Mapping;

/// <summary>A task of another system on its way to becoming one of the journal's.</summary>
internal sealed class SourceTask(string key)
{
    private readonly List<JournalAttempt> _attempts = [];

    public string Key { get; } = key;

    public TaskInput Input { get; set; } = TaskInput.OfText(key);

    public JournalTaskStatus Status { get; set; }

    public string? Stage { get; set; }

    public SourceError Error { get; set; }

    public JsonMap Metadata { get; set; } = JsonMap.Empty;

    public IReadOnlyList<string> Outputs { get; set; } = [];

    public string? SourceType { get; set; }

    public string? TargetId { get; set; }

    public string? Worker { get; set; }

    public int Priority { get; set; }

    public double Weight { get; set; } = 1;

    /// <summary>Not to be worked on earlier.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    public double Quota { get; set; }

    public string? QuotaProject { get; set; }

    /// <summary>Attempts that count, where the source tells more than its history shows.</summary>
    public int Tries { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public TimeSpan? Duration { get; set; }

    public IReadOnlyList<JournalEvent> Events { get; set; } = [];

    public IReadOnlyList<JournalAttempt> Attempts => _attempts;

    /// <summary>The earliest time that is known of it.</summary>
    public DateTimeOffset? FirstAt => new[] { CreatedAt, StartedAt, _attempts.Count == 0 ? null : _attempts.Min(static attempt => attempt.StartedAt), EndedAt, UpdatedAt }.Min();

    /// <summary>Notes an ended attempt.</summary>
    public void AddAttempt(DateTimeOffset startedAt, DateTimeOffset endedAt, JournalAttemptOutcome outcome, SourceError error = default, string? stage = null, string? worker = null) =>
        _attempts.Add(new JournalAttempt
        {
            BatchId = "",
            Key = Key,
            Number = _attempts.Count + 1,
            Stage = stage,
            Worker = worker,
            StartedAt = startedAt,
            EndedAt = endedAt,
            Outcome = outcome,
            ErrorCategory = outcome is JournalAttemptOutcome.Failed ? error.Category is JournalErrorCategory.None ? JournalErrorCategory.Unknown : error.Category : JournalErrorCategory.None,
            ErrorMessage = error.Message,
            ScriptStackTrace = error.Trace,
        });

    /// <summary>The journal's task.</summary>
    /// <param name="fallback">A time for what tells none.</param>
    public FullTask ToFull(DateTimeOffset fallback)
    {
        var failed = Status is JournalTaskStatus.Failed;
        var wellEnded = Status is JournalTaskStatus.Completed;
        var createdAt = FirstAt ?? fallback;
        var endedAt = EndedAt ?? (_attempts.Count > 0 ? _attempts.Max(static attempt => attempt.EndedAt) : null);
        var message = wellEnded ? null : Error.Message;
        // Only an error has a signature and a category; why something was skipped is a text.
        var isError = message is not null && Status is not JournalTaskStatus.Skipped;
        return new FullTask(new JournalTask
        {
            BatchId = "",
            Key = Key,
            Status = Status,
            Stage = Stage,
            StoredInput = Input,
            SourceType = SourceType,
            Priority = Priority,
            Weight = Weight,
            NotBefore = NotBefore,
            TargetId = TargetId,
            Outputs = JsonList.From(Outputs),
            QuotaConsumed = Quota,
            QuotaProject = QuotaProject,
            Metadata = Metadata,
            Worker = Worker,
            Attempts = Math.Max(Tries, _attempts.Count(attempt => attempt.Stage == Stage)),
            ErrorCategory = !failed && !isError ? JournalErrorCategory.None : Error.Category is JournalErrorCategory.None ? JournalErrorCategory.Unknown : Error.Category,
            ErrorMessage = message,
            Signature = isError ? ErrorSignature.Of(message!) : null,
            CreatedAt = createdAt,
            UpdatedAt = UpdatedAt ?? endedAt ?? StartedAt ?? createdAt,
            StartedAt = StartedAt ?? (_attempts.Count > 0 ? _attempts.Min(static attempt => attempt.StartedAt) : null),
            EndedAt = endedAt,
            // Of runs that the source knows the end alone, nobody knows how long they took.
            Duration = Duration ?? (_attempts.Exists(static attempt => attempt.Duration > TimeSpan.Zero) ? new TimeSpan(_attempts.Sum(static attempt => attempt.Duration.Ticks)) : null),
        })
        {
            Attempts = _attempts,
            Events = Events,
        };
    }
}

/// <summary>An error as a source tells it.</summary>
/// <param name="Message">Its text; null where there is none.</param>
/// <param name="CategoryName">What the source calls it.</param>
/// <param name="Trace">Where it arose.</param>
internal readonly record struct SourceError(string? Message, string? CategoryName, string? Trace)
{
    /// <summary>Whether there is one.</summary>
    public bool IsThere => Message is not null || Category is not JournalErrorCategory.None;

    /// <summary>Its category.</summary>
    public JournalErrorCategory Category => CategoryNames.Of(CategoryName, Message);

    /// <summary>The error of a record: a text with its companions, or an object of its own.</summary>
    public static SourceError Of(Fields fields)
    {
        var name = fields.Text("errorcategory", "errortype", "errorkind", "category");
        var trace = fields.Text("stacktrace", "traceback", "trace", "scriptstacktrace", "errortrace");
        if (fields.Take("errormessage", "error", "lasterror", "exception") is not { } node) return new SourceError(null, name, trace);
        if (node.Kind is not NodeKind.Map) return new SourceError(fields.AsText(node), name, trace);
        var nested = fields.In(node);
        return new SourceError(
            nested.Text("message", "error", "text", "description"), nested.Text("category", "errorcategory", "type", "code", "kind") ?? name,
            nested.Text("stacktrace", "traceback", "trace") ?? trace);
    }
}
