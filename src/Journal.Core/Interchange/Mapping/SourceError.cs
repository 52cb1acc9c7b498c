using Journal.Interchange.Sources;

namespace Journal.Interchange.Mapping;

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
