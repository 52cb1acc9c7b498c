namespace Journal;

/// <summary>What kind of value a task's input is. The numbers are stored; never renumber them.</summary>
public enum TaskInputKind
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
    /// <summary>The input as text: what <c>Export-Csv</c> shows.</summary>
    public override string ToString() => Text;

    /// <summary>An input that is a plain text.</summary>
    public static TaskInput OfText(string text) => new(TaskInputKind.Text, text);

    /// <summary>The path of a file or directory.</summary>
    /// <exception cref="JournalException">InvalidValue: no path, as a damaged journal may hold it.</exception>
    public string FullPath => Text.Length > 0 && !Text.Contains('\0', StringComparison.Ordinal)
        ? Text
        : throw JournalErrors.InvalidValue("The stored input of a task", Text, "it is not the path of a file. See what else is wrong with Test-Journal.");

    /// <summary>The input as a plain .NET value: string, FileInfo, DirectoryInfo, or what <see cref="JsonValues.Parse"/> gives.</summary>
    public object? ToValue() => Kind switch
    {
        TaskInputKind.File => new FileInfo(FullPath),
        TaskInputKind.Directory => new DirectoryInfo(FullPath),
        TaskInputKind.Json => JsonValues.ParseStored(Text),
        _ => Text,
    };
}
