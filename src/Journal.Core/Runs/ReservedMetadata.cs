using System.Security.Cryptography;

namespace Journal.Runs;

/// <summary>
/// What the runner itself keeps in a task's metadata, under one reserved name: the fingerprint of the input, and size and hash of the outputs.
/// </summary>
public static class ReservedMetadata
{
    /// <summary>The member that is the runner's.</summary>
    public const string Name = "_journal";

    // Before what is no single text.
    private const string FingerprintMark = "values:";

    private const int LongestFingerprint = 200;
    private const string FingerprintName = "fingerprint";
    private const string OutputsName = "outputs";
    private const string SizeName = "size";
    private const string HashName = "sha256";

    /// <summary>The fingerprint that a task was added with; null when it had none.</summary>
    public static string? Fingerprint(JsonMap metadata) => Own(metadata).GetValueOrDefault(FingerprintName) as string;

    /// <summary>The metadata with a fingerprint.</summary>
    public static JsonMap WithFingerprint(JsonMap metadata, string fingerprint) => With(metadata, FingerprintName, fingerprint);

    /// <summary>What is kept as the fingerprint of some values: all of them count, and where one ends and the next begins.</summary>
    /// <param name="json">The values as a JSON array, as <see cref="KeptValues.Encode"/> gives it.</param>
    /// <exception cref="JournalException">InvalidValue: one of them is no value that could be compared (a file, a process).</exception>
    public static string FingerprintOf(string json)
    {
        // A single text is its own fingerprint, as in releases before.
        if (JsonValues.Parse(json) is List<object?> { Count: 1 } values && values[0] is string { Length: <= LongestFingerprint } text && !text.StartsWith(FingerprintMark, StringComparison.Ordinal)) return text;
        if (KeptValues.FirstObject(json) is { } type)
        {
            throw JournalErrors.InvalidValue("-Fingerprint", type, $"it gives an object of type {type}, whose contents are not compared. Give the values that tell a change: {{ $_.Length, $_.LastWriteTimeUtc }}.");
        }

        var canonical = KeptValues.Canonical(json);
        return FingerprintMark + (canonical.Length <= LongestFingerprint ? canonical : Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(canonical))));
    }

    /// <summary>Whether a recorded fingerprint is the present one.</summary>
    /// <param name="recorded">What was kept; null where there was none.</param>
    /// <param name="present">What <see cref="FingerprintOf"/> gives now.</param>
    /// <param name="asBefore">The same values as releases before joined them to a text; null where they could not.</param>
    public static bool IsSameFingerprint(string? recorded, string present, string? asBefore) =>
        recorded == present || (recorded is not null && recorded == asBefore && !recorded.StartsWith(FingerprintMark, StringComparison.Ordinal));

    /// <summary>The metadata with the present size, and on request the SHA-256, of files; a file that is not there is left out.</summary>
    public static JsonMap WithOutputs(JsonMap metadata, IEnumerable<string> paths, bool hash)
    {
        var known = Outputs(metadata);
        var outputs = new Dictionary<string, object?>(known, StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (StateOf(path, hash) is { } state) outputs[path] = state;
        }

        return outputs.Count == 0 ? metadata : With(metadata, OutputsName, outputs);
    }

    /// <summary>Why a recorded output is not what it was; null when it is, as far as the check goes and as what was recorded allows to tell.</summary>
    /// <param name="metadata">The task's.</param>
    /// <param name="path">A full path among its outputs.</param>
    /// <param name="check">How closely to look.</param>
    public static string? Difference(JsonMap metadata, string path, OutputCheck check)
    {
        if (!File.Exists(path)) return Directory.Exists(path) ? null : $"'{path}' is gone";
        if (check is OutputCheck.Exists || Outputs(metadata).GetValueOrDefault(path) is not Dictionary<string, object?> recorded) return null;
        var size = new FileInfo(path).Length;
        if (recorded.GetValueOrDefault(SizeName) is long was && was != size) return $"'{path}' had {was} bytes and has {size}";
        if (check is OutputCheck.Hash && recorded.GetValueOrDefault(HashName) is string hash && hash != HashOf(path)) return $"'{path}' has changed";
        return null;
    }

    private static Dictionary<string, object?>? StateOf(string path, bool hash)
    {
        try
        {
            if (!File.Exists(path)) return null;
            var state = new Dictionary<string, object?> { [SizeName] = new FileInfo(path).Length };
            if (hash) state[HashName] = HashOf(path);
            return state;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not readable now: later checks look only whether it is there.
            return null;
        }
    }

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static Dictionary<string, object?> Outputs(JsonMap metadata) =>
        Own(metadata).GetValueOrDefault(OutputsName) as Dictionary<string, object?> ?? [];

    private static Dictionary<string, object?> Own(JsonMap metadata) =>
        metadata.JsonOf(Name) is { } own && JsonValues.ParseStored(own) is Dictionary<string, object?> map ? map : [];

    private static JsonMap With(JsonMap metadata, string name, object? value)
    {
        var own = new Dictionary<string, object?>(Own(metadata)) { [name] = value };
        return metadata.With(JsonMap.From([new(Name, own)]));
    }
}

/// <summary>How closely a completed task's outputs are looked at.</summary>
public enum OutputCheck
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>They are there.</summary>
    Exists,

    /// <summary>They are there and have their size.</summary>
    Size,

    /// <summary>They are there and have their content, where a run with this check recorded it; else their size.</summary>
    Hash,
}
