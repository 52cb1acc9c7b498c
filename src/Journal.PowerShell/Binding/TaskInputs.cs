using System.Collections;
using System.Management.Automation;
using Journal.Commands.Values;

namespace Journal.Commands.Binding;

/// <summary>Inputs, and other values that a user gives, as the journal stores them; and inputs back as the script gets them.</summary>
internal static class TaskInputs
{
    /// <summary>The stored form of an input.</summary>
    /// <param name="input">Not null.</param>
    /// <param name="losses">Receives, in words, what of it could not be kept.</param>
    /// <exception cref="JournalException">SecretRefused, ValueNotKept.</exception>
    public static TaskInput Store(object input, ICollection<string>? losses = null)
    {
        // A text or a file to which somebody added properties, or with a character that no store takes, is kept as JSON.
        if (input is not PSObject wrapped || !AddedProperties.AreOn(wrapped))
        {
            switch (ValueSelector.Unwrap(input))
            {
                case string text when IsPlain(text): return TaskInput.OfText(text);
                case FileInfo file when IsPlain(file.FullName): return new TaskInput(TaskInputKind.File, file.FullName);
                case DirectoryInfo directory when IsPlain(directory.FullName): return new TaskInput(TaskInputKind.Directory, directory.FullName);
                case TaskInput stored: return stored;
            }
        }

        return new TaskInput(TaskInputKind.Json, KeptValues.Encode(input, "An input", losses));
    }

    /// <summary>The input as the script gets it: a string, a file as Get-ChildItem would give it, a number, an object, an array.</summary>
    /// <param name="input">The stored form.</param>
    /// <param name="session">Whose file system provider files carry along.</param>
    public static object? Restore(TaskInput input, SessionState session) => input.Kind switch
    {
        TaskInputKind.File => ValueReader.File(input.FullPath, isDirectory: false, session.Path.CurrentFileSystemLocation.Provider),
        TaskInputKind.Directory => ValueReader.File(input.FullPath, isDirectory: true, session.Path.CurrentFileSystemLocation.Provider),
        _ => input.ToValue(),
    };

    /// <summary>A dictionary that the user gave (-Setting, -Metadata), as the journal stores it.</summary>
    /// <param name="map">A hashtable or ordered dictionary, or null.</param>
    /// <param name="parameter">The parameter it was given to.</param>
    /// <exception cref="JournalException">SecretRefused, ValueNotKept; InvalidValue where two names differ by case alone.</exception>
    public static JsonMap ToMap(IDictionary? map, string parameter)
    {
        if (map is null) return JsonMap.Empty;
        var members = new Dictionary<string, object?>(map.Count, StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (!members.TryAdd(name, new EncodedValue(KeptValues.Encode(entry.Value, $"{parameter}: '{name}'"))))
            {
                throw JournalErrors.InvalidValue(parameter, name, $"the name '{name}' comes twice; names that differ by case alone are one.");
            }
        }

        return JsonMap.From(members);
    }

    // What every store takes as a text.
    private static bool IsPlain(string text) => KeptScalars.IsUnicode(text) && !text.Contains('\0', StringComparison.Ordinal);
}
