namespace Journal;

/// <summary>What kind of value a task's input is. The numbers are stored; never renumber them.</summary>
public enum TaskInputKind : long
{
    /// <summary>A text, given back as a string.</summary>
    Text = 0,

    /// <summary>A file, stored as its full path and given back as a FileInfo.</summary>
    File = 1,

    /// <summary>A directory, stored as its full path and given back as a DirectoryInfo.</summary>
    Directory = 2,

    /// <summary>Anything else, stored as JSON: a number, a boolean, a list, or the properties of an object.</summary>
    Json = 3,
}

/// <summary>The input of a task as the journal stores it, so that a batch can be resumed without its source.</summary>
/// <param name="Kind">How <paramref name="Text"/> is to be read.</param>
/// <param name="Text">The text itself, a full path, or JSON.</param>
public readonly record struct TaskInput(TaskInputKind Kind, string Text)
{
    /// <summary>The input as JSON, whatever it is: what <c>Export-Csv</c> shows, and <c>Import-Journal</c> reads.</summary>
    public override string ToString() => Kind switch
    {
        TaskInputKind.Json => Text,
        TaskInputKind.Text => KeptValues.Encode(Text),
        var kind => $"{{\"{KeptValues.TypeMember}\":\"{(kind is TaskInputKind.Directory ? "directory" : "file")}\",\"{KeptValues.ValueMember}\":{KeptValues.Encode(Text)}}}",
    };

    /// <summary>The input of which <see cref="ToString"/> gave the JSON.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON.</exception>
    public static TaskInput OfJson(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json, KeptValues.Deep);
        var element = document.RootElement;
        if (element.ValueKind is System.Text.Json.JsonValueKind.String) return json.Contains("\\u0000", StringComparison.Ordinal) ? new TaskInput(TaskInputKind.Json, json) : OfText(element.GetString()!);
        return element.ValueKind is System.Text.Json.JsonValueKind.Object && KeptValues.TryTag(element, out var type, out var value)
            && type is "file" or "directory" && value.ValueKind is System.Text.Json.JsonValueKind.String
            ? new TaskInput(type == "file" ? TaskInputKind.File : TaskInputKind.Directory, value.GetString()!)
            : new TaskInput(TaskInputKind.Json, json);
    }

    /// <summary>An input that is a plain text.</summary>
    public static TaskInput OfText(string text) => new(TaskInputKind.Text, text);

    /// <summary>The path of a file or directory.</summary>
    /// <exception cref="JournalException">InvalidValue: no path, as a damaged journal may hold it.</exception>
    public string FullPath => Text.Length > 0 && !Text.Contains('\0', StringComparison.Ordinal)
        ? Text
        : throw JournalErrors.InvalidValue("The stored input of a task", Text, "it is not the path of a file. See what else is wrong with Test-Journal.");

    /// <summary>The input as the script gets it: a text, a live file or directory, or what <see cref="KeptValues.Decode"/> gives.</summary>
    public object? ToValue() => Kind switch
    {
        TaskInputKind.File => KeptValues.Codec.File(FullPath, isDirectory: false),
        TaskInputKind.Directory => KeptValues.Codec.File(FullPath, isDirectory: true),
        TaskInputKind.Json => KeptValues.Decode(Text),
        _ => Text,
    };
}
