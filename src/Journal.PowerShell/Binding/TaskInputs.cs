using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>Inputs as the journal stores them, and back as PowerShell objects.</summary>
internal static class TaskInputs
{
    private const string FileSystem = @"Microsoft.PowerShell.Core\FileSystem::";

    /// <summary>The stored form of an input.</summary>
    /// <exception cref="JournalException">SecretRefused.</exception>
    public static TaskInput Store(object input)
    {
        var value = ValueSelector.Unwrap(input);
        return value switch
        {
            string text => TaskInput.OfText(text),
            FileInfo file => new TaskInput(TaskInputKind.File, file.FullName),
            DirectoryInfo directory => new TaskInput(TaskInputKind.Directory, directory.FullName),
            TaskInput stored => stored,
            _ => PlainValues.From(input, "An input") switch
            {
                string text => TaskInput.OfText(text),
                var plain => new TaskInput(TaskInputKind.Json, JsonValues.ToJson(plain)),
            },
        };
    }

    /// <summary>The input as the script gets it: a string, a file as Get-ChildItem would give it, a number, an object, an array.</summary>
    /// <param name="input">The stored form.</param>
    /// <param name="fileSystem">The session's file system provider, which files carry along; null to leave it out.</param>
    public static object? Restore(TaskInput input, ProviderInfo? fileSystem = null) => input.Kind switch
    {
        TaskInputKind.File => FileObject(new FileInfo(input.FullPath), isDirectory: false, fileSystem),
        TaskInputKind.Directory => FileObject(new DirectoryInfo(input.FullPath), isDirectory: true, fileSystem),
        TaskInputKind.Json => ToPowerShell(JsonValues.ParseStored(input.Text)),
        _ => input.Text,
    };

    /// <summary>A value of parsed JSON as PowerShell has it: objects as PSCustomObject, lists as arrays.</summary>
    public static object? ToPowerShell(object? value) => value switch
    {
        IDictionary map => ToObject(map),
        List<object?> items => items.ConvertAll(ToPowerShell).ToArray(),
        _ => value,
    };

    private static PSObject ToObject(IDictionary map)
    {
        var result = new PSObject(map.Count);
        foreach (DictionaryEntry entry in map) result.Properties.Add(new PSNoteProperty((string)entry.Key, ToPowerShell(entry.Value)));
        return result;
    }

    // Cmdlets bind -LiteralPath by the property PSPath; without it a name with brackets would be taken for a pattern.
    private static PSObject FileObject(FileSystemInfo file, bool isDirectory, ProviderInfo? fileSystem)
    {
        var result = PSObject.AsPSObject(file);
        Note("PSPath", FileSystem + file.FullName);
        Note("PSParentPath", FileSystem + Path.GetDirectoryName(file.FullName));
        Note("PSChildName", file.Name);
        if (fileSystem is not null) Note("PSProvider", fileSystem);
        Note("PSIsContainer", isDirectory);
        return result;

        void Note(string name, object? value) => result.Properties.Add(new PSNoteProperty(name, value));
    }
}
