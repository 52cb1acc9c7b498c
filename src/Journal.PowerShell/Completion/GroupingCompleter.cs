using System.Collections;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes what tasks can be grouped by, with the names in their metadata.</summary>
public sealed class GroupingCompleter : JournalCompleter
{
    private const string MetadataPrefix = nameof(TaskGroupKey.Metadata) + ".";

    private protected override IEnumerable<Candidate> Always() => TaskGroupings.Names
        .Select(static name => name.Replace("<name>", "", StringComparison.Ordinal))
        .Select(static name => new Candidate(name, name));

    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        MetadataMembers(store, parameters).Select(static member => new Candidate(MetadataPrefix + member.Key, $"for example {member.Value}"));
}
