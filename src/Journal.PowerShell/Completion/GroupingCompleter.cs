using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Journal.Storage;

namespace Journal.Commands.Completion;

/// <summary>Completes what tasks can be grouped by.</summary>
public sealed class GroupingCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        TaskGroupings.Names
            .Select(static name => name.Replace("<name>", "", StringComparison.Ordinal))
            .Where(name => name.StartsWith(wordToComplete ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(static name => new CompletionResult(name));
}
