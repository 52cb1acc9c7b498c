using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Journal.Commands.Opening;
using Journal.Commands.Views;
using Journal.Statistics;
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

/// <summary>Completes ids of batches, newest first.</summary>
public sealed class BatchIdCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery()).Select(batch => new Candidate(batch.Id, Describe(batch, store.Now)));

    /// <summary>A batch in a line: <c>photos: Paused, 45/100, 2h ago</c>.</summary>
    internal static string Describe(JournalBatch batch, DateTimeOffset now) =>
        $"{batch.Name}: {batch.Status}, {batch.Progress}, {RelativeTime.Age(now - batch.CreatedAt)}";
}

/// <summary>Completes names of batches, those used last first.</summary>
public sealed class BatchNameCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery { Names = [Beginning(word)] }).Select(batch => new Candidate(batch.Name, $"{batch.Id}: {batch.Status}, {batch.Progress}"));
}

/// <summary>Completes names of checkpoints.</summary>
public sealed class CheckpointCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadCheckpoints(BatchIds(parameters)?[0]).Select(static checkpoint => new Candidate(checkpoint.Name, checkpoint.Json));
}

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

/// <summary>Completes keys of tasks, in their order: of the batch on the line, else of the newest one.</summary>
public sealed class KeyCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => store
        .ReadTasks(new TaskQuery { BatchIds = BatchIds(parameters) ?? Newest(store), Keys = word.Length == 0 ? null : [Beginning(word)], OrderBy = TaskOrder.Key, First = Limit })
        .Select(static task => new Candidate(task.Key, $"{task.Status}"));
}

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

/// <summary>Completes signatures of errors: of the batch on the line, else of the newest one that has failures.</summary>
public sealed class SignatureCompleter : JournalCompleter
{
    // Enough to meet every error that is worth a question, and read in an instant.
    private const int Sample = 500;

    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters)
    {
        var batches = BatchIds(parameters) ?? [.. store.ReadBatches(new BatchQuery { First = Limit }).Where(static batch => batch.Failed > 0).Take(1).Select(static batch => batch.Id)];
        return store.ReadTasks(new TaskQuery { BatchIds = batches, Statuses = [JournalTaskStatus.Failed], First = Sample })
            .Where(static task => task.Signature is not null)
            .Select(static task => new Candidate(task.Signature!, $"{task.ErrorCategory}: {task.ErrorMessage}"));
    }
}

/// <summary>Completes source types, as batches have them.</summary>
public sealed class SourceTypeCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => store
        .ReadBatches(new BatchQuery { Ids = BatchIds(parameters), First = Limit })
        .Where(static batch => batch.SourceType is not null)
        .Select(static batch => new Candidate(batch.SourceType!, batch.Id));
}

/// <summary>Completes stages: of the batch on the line, else of the newest ones.</summary>
public sealed class StageCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) =>
        store.ReadBatches(new BatchQuery { Ids = BatchIds(parameters), First = Limit }).SelectMany(static batch => batch.Stages, static (batch, stage) => new Candidate(stage, batch.Id));
}

/// <summary>Completes ids of tasks: of the batch on the line, else of the newest one.</summary>
public sealed class TaskIdCompleter : JournalCompleter
{
    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters) => store
        .ReadTasks(new TaskQuery { BatchIds = BatchIdsOrNewest(store, parameters), First = Sample })
        .Select(static task => new Candidate(task.Id.ToString(CultureInfo.InvariantCulture), $"{task.Key}: {task.Status}"));

    // The parameter that is being completed may be called Id, too.
    private static IReadOnlyList<string> BatchIdsOrNewest(IJournalStore store, IDictionary parameters) =>
        (parameters.Contains("BatchId") ? BatchIds(parameters) : null) ?? Newest(store);

    private const int Sample = 1000;
}

/// <summary>Completes workers: those that hold tasks now, then those that the newest events name.</summary>
public sealed class WorkerCompleter : JournalCompleter
{
    private const int Sample = 500;

    private protected override IEnumerable<Candidate> Find(IJournalStore store, string word, IDictionary parameters)
    {
        var working = store.Describe().Workers.Select(static worker => new Candidate(worker.Name, "holds tasks"));
        var earlier = store.ReadEvents(new EventQuery { BatchIds = BatchIds(parameters), Last = Sample })
            .Where(static entry => entry.Worker is not null)
            .Select(static entry => new Candidate(entry.Worker!, $"{entry.Kind} in {entry.BatchId}"));
        return working.Concat(earlier);
    }
}
