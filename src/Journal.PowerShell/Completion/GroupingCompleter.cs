using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes what tasks can be grouped by, with the names in their metadata and their inputs.</summary>
public sealed class GroupingCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Always() => TaskGroupings.Names
        .Select(static name => name.Replace("<name>", "", StringComparison.Ordinal))
        .Select(static name => new Candidate(name, name));

    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        MetadataMembers(store, parameters).Select(static member => Member(TaskGroupKey.Metadata, member))
            .Concat(InputMembers(store, parameters).Select(static member => Member(TaskGroupKey.Input, member)));

    private static Candidate Member(TaskGroupKey key, KeyValuePair<string, object?> member) => new($"{key}.{member.Key}", $"for example {member.Value}");
}
