using System.Collections;
using System.Management.Automation.Language;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>
/// Completes a whole hashtable for each name in the metadata of tasks, with a value that finds every task which has it: PowerShell asks nobody for
/// the names within a hashtable that has been begun.
/// </summary>
public sealed class MetadataCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => MetadataMembers(store, parameters)
        .Select(static member => new Candidate($"@{{{Name(member.Key)} = '*'}}", $"for example {member.Value}", IsCode: true));

    private static string Name(string name) => name.All(char.IsAsciiLetter) ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
