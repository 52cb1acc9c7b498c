using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Journal.Lifecycle;

/// <summary>What may name a batch, and how its id is made.</summary>
public static partial class BatchNaming
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The longest key, in UTF-16 units: longer than any path that an operating system takes.</summary>
    public const int MaxKeyLength = 8192;

    /// <summary>Refuses what cannot name a batch: nothing, more than 200 characters, control characters, wildcards (a name must be findable by itself).</summary>
    /// <exception cref="JournalException">InvalidBatchName.</exception>
    public static void ValidateName(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw JournalErrors.InvalidBatchName(name, "it is empty.");
        if (name.Length > MaxNameLength) throw JournalErrors.InvalidBatchName(name, $"it has {name.Length} characters, more than {MaxNameLength}.");
        if (name != name.Trim()) throw JournalErrors.InvalidBatchName(name, "it begins or ends with white space.");
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                throw JournalErrors.InvalidBatchName(name, $"it has the control character U+{rune.Value:X4}.");
            }

            if (rune.Value is '*' or '?' or '[' or ']' or '`')
            {
                throw JournalErrors.InvalidBatchName(name, $"it has the wildcard character '{rune}'.");
            }
        }
    }

    /// <summary>Refuses what cannot be a key: nothing, or more than <see cref="MaxKeyLength"/> characters.</summary>
    /// <exception cref="JournalException">InvalidKey.</exception>
    public static void ValidateKey(string key)
    {
        if (key.Length == 0) throw JournalErrors.InvalidKey(key, "it is empty.");
        if (key.Length > MaxKeyLength) throw JournalErrors.InvalidKey(key, $"it has {key.Length} characters, more than {MaxKeyLength}.");
        if (key.Contains('\0', StringComparison.Ordinal)) throw JournalErrors.InvalidKey(key, "it holds a NUL character.");
        // Stored as UTF-8, every half is the same replacement character: two such keys would be one task.
        if (HasLoneSurrogate(key)) throw JournalErrors.InvalidKey(key, "it holds half of a surrogate pair, which is no character.");
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }

    /// <summary>Whether a text has the form of an id: a name, a date and a time.</summary>
    public static bool IsLikeAnId(string text) => IdForm().IsMatch(text);

    [GeneratedRegex(@"-\d{8}-\d{6}(-\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex IdForm();

    /// <summary>The ids to try for a new batch, in order: the plain one, then with the suffixes 2, 3, …</summary>
    public static IEnumerable<string> CandidateIds(string name, DateTimeOffset createdAt)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{createdAt.UtcDateTime:yyyyMMdd-HHmmss}");
        yield return id;
        for (var suffix = 2; ; suffix++) yield return string.Create(CultureInfo.InvariantCulture, $"{id}-{suffix}");
    }
}

/// <summary>What may be the stages of a batch, and their order.</summary>
public static class StageNaming
{
    /// <summary>Refuses stages without a name, or with one name twice (in any case).</summary>
    /// <exception cref="JournalException">InvalidStages.</exception>
    public static void Validate(IReadOnlyCollection<string> stages)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var stage in stages)
        {
            if (string.IsNullOrWhiteSpace(stage)) throw JournalErrors.InvalidStages("a stage has no name.", stage);
            if (!names.Add(stage)) throw JournalErrors.InvalidStages($"'{stage}' comes twice.", stage);
        }
    }

    /// <summary>The name of a batch's stage, as the batch writes it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stage">The name in any case; null gives null.</param>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public static string? Require(JournalBatch batch, string? stage) => stage is null
        ? null
        : batch.Stages.FirstOrDefault(name => string.Equals(name, stage, StringComparison.OrdinalIgnoreCase)) ?? throw JournalErrors.StageNotFound(batch.Id, stage, batch.Stages);

    /// <summary>The position of a batch's stage, 0 for the first.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stage">The name in any case; null gives null.</param>
    /// <exception cref="JournalException">StageNotFound.</exception>
    public static int? PositionOf(JournalBatch batch, string? stage) => Require(batch, stage) is { } name ? batch.Stages.ToList().IndexOf(name) : null;

    /// <summary>Whether a task in this stage has another one before it; no where there are no stages.</summary>
    public static bool HasLater(JournalBatch batch, string? stage) =>
        stage is not null && batch.Stages.Count > 0 && !string.Equals(batch.Stages[^1], stage, StringComparison.OrdinalIgnoreCase);
}
