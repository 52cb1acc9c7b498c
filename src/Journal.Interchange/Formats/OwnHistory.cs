using Journal.Formats;
using Journal.Interchange.Mapping;
using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>Attempts and events as nodes of this module's own formats, and back.</summary>
internal static class OwnHistory
{
    public static Node Write(JournalAttempt attempt) => new NodeBuilder()
        .Add("number", attempt.Number, 0).Add("stage", attempt.Stage).Add("worker", attempt.Worker).Add("startedAt", attempt.StartedAt).Add("endedAt", attempt.EndedAt)
        .Add("outcome", attempt.Outcome.ToString()).Add("errorCategory", attempt.ErrorCategory is JournalErrorCategory.None ? null : attempt.ErrorCategory.ToString())
        .Add("errorMessage", attempt.ErrorMessage).Add("errorId", attempt.ErrorId).Add("scriptStackTrace", attempt.ScriptStackTrace).Add("log", attempt.Log).ToNode();

    public static Node Write(JournalEvent entry) => new NodeBuilder()
        .Add("id", entry.Id, 0).Add("at", entry.At).Add("kind", entry.Kind.ToString()).Add("from", entry.From).Add("to", entry.To).Add("stage", entry.Stage)
        .Add("worker", entry.Worker).Add("reason", entry.Reason).Add("name", entry.Name).Add("data", entry.StoredData).ToNode();

    public static JournalAttempt ReadAttempt(Fields fields, string batchId, string key) => new()
    {
        BatchId = batchId,
        Key = key,
        Number = fields.Whole("number") ?? 0,
        Stage = fields.Text("stage"),
        Worker = OwnTask.Verbatim(fields, "worker"),
        StartedAt = fields.Time("startedat") ?? throw fields.Wrong("An attempt does not tell when it started."),
        EndedAt = fields.Time("endedat") ?? throw fields.Wrong("An attempt does not tell when it ended."),
        Outcome = fields.Enum<JournalAttemptOutcome>("outcome") ?? throw fields.Wrong("An attempt does not tell how it ended."),
        ErrorCategory = fields.Enum<JournalErrorCategory>("errorcategory") ?? JournalErrorCategory.None,
        ErrorMessage = OwnTask.Verbatim(fields, "errormessage"),
        ErrorId = OwnTask.Verbatim(fields, "errorid"),
        ScriptStackTrace = OwnTask.Verbatim(fields, "scriptstacktrace"),
        Log = OwnTask.Verbatim(fields, "log"),
    };

    public static JournalEvent ReadEvent(Fields fields, string batchId) => new()
    {
        Id = (long)(fields.Number("id") ?? 0),
        At = fields.Time("at") ?? throw fields.Wrong("An event does not tell when it was."),
        BatchId = batchId,
        Kind = fields.Enum<JournalEventKind>("kind") ?? throw fields.Wrong("An event does not tell what it was."),
        From = fields.Text("from"),
        To = fields.Text("to"),
        Stage = fields.Text("stage"),
        Worker = OwnTask.Verbatim(fields, "worker"),
        Reason = OwnTask.Verbatim(fields, "reason"),
        Name = OwnTask.Verbatim(fields, "name"),
        StoredData = OwnTask.Verbatim(fields, "data"),
    };
}
