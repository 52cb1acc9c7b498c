using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Journal.Commands.Opening;
using Journal.Storage;
using Journal.Terminal;

namespace Journal.Commands.Completion;

/// <summary>Completes an argument with what the journal holds. Whatever goes wrong, there is nothing to complete with; a journal is never made.</summary>
public abstract class JournalCompleter : IArgumentCompleter
{
    /// <summary>The most that is offered.</summary>
    protected const int Limit = 100;

    private const string ResolvePath = "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        return Offer(word, Always()).Concat(Held(word, fakeBoundParameters)).DistinctBy(static result => result.CompletionText).Take(Limit);
    }

    /// <summary>What can be offered without a journal.</summary>
    private protected virtual IEnumerable<Candidate> Always() => [];

    /// <summary>What to offer, from an open journal.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="word">What was typed so far.</param>
    /// <param name="parameters">The other arguments of the line.</param>
    private protected abstract IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters);

    /// <summary>The newest batch, by id; nothing where there is none.</summary>
    protected static IReadOnlyList<string> Newest(IJournalStore store) => [.. store.ReadBatches(new BatchQuery { First = 1 }).Select(static batch => batch.Id)];

    /// <summary>The batches that the line names, by id.</summary>
    protected static IReadOnlyList<string>? BatchIds(IDictionary parameters)
    {
        var value = parameters["BatchId"] ?? parameters["Id"];
        return value is null ? null : LanguagePrimitives.ConvertTo<string[]>(value);
    }

    /// <summary>What the metadata of some tasks has: of the batch on the line, else of the newest one.</summary>
    protected static IEnumerable<KeyValuePair<string, object?>> MetadataMembers(IJournalStore store, IDictionary parameters) =>
        store.ReadTasks(new TaskQuery { BatchIds = BatchIds(parameters) ?? Newest(store), First = Limit }).SelectMany(static task => task.Metadata);

    /// <summary>What the inputs of some tasks have, where they are objects.</summary>
    protected static IEnumerable<KeyValuePair<string, object?>> InputMembers(IJournalStore store, IDictionary parameters) =>
        store.ReadTasks(new TaskQuery { BatchIds = BatchIds(parameters) ?? Newest(store), First = Limit })
            .Where(static task => task.StoredInput is { Kind: TaskInputKind.Json, Text: ['{', ..] })
            .SelectMany(static task => JsonMap.Parse(task.StoredInput.Text)).Where(static member => !member.Key.StartsWith('$'));

    /// <summary>A pattern for texts that begin with what was typed.</summary>
    protected static TextPattern Beginning(string word) => TextPattern.Wildcard(WildcardPattern.Escape(word) + "*");

    private List<CompletionResult> Held(string word, IDictionary parameters)
    {
        try
        {
            var location = Locate((parameters["JournalPath"] ?? parameters["Journal"]) as string);
            using var stores = new StoreSet();
            return [.. Offer(word, Find(stores.Get(location, StoreAccess.Read), word, parameters))];
        }
#pragma warning disable CA1031 // An error in the middle of a line being typed helps nobody.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    private static IEnumerable<CompletionResult> Offer(string word, IEnumerable<Candidate> candidates) => candidates
        .Where(candidate => candidate.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        .DistinctBy(static candidate => candidate.Text)
        .Take(Limit)
        .Select(static candidate => new CompletionResult(candidate.IsCode ? candidate.Text : Quote(candidate.Text), TerminalText.SafeLine(candidate.Text), CompletionResultType.ParameterValue, ToolTip(candidate)));

    // PowerShell refuses an empty one.
    private static string ToolTip(Candidate candidate) => TerminalText.SafeLine(candidate.ToolTip) is { Length: > 0 } text ? text : TerminalText.SafeLine(candidate.Text);

    private static string Locate(string? path)
    {
        if (string.IsNullOrEmpty(path)) path = JournalConnection.Current?.Address ?? JournalLocation.Default;
        if (JournalLocation.IsPostgres(path)) return path;
        // A completer has no cmdlet to ask; a runspace's own SessionStateProxy refuses to answer while the line is being completed.
        return LanguagePrimitives.ConvertTo<string>(ScriptBlock.Create(ResolvePath).InvokeReturnAsIs(path));
    }

    /// <summary>A text as an argument, with quotes where it needs them.</summary>
    private protected static string Quote(string text) =>
        text.All(static character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.' or '/' or ':' or '\\')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    /// <summary>Something to offer.</summary>
    /// <param name="Text">The argument.</param>
    /// <param name="ToolTip">What it is.</param>
    /// <param name="IsCode">It is written as it stands; a text gets quotes where it needs them.</param>
    private protected readonly record struct Candidate(string Text, string ToolTip, bool IsCode = false);
}
