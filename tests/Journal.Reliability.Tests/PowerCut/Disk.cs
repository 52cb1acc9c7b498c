namespace Journal.Reliability.Tests.PowerCut;

/// <summary>What files look like after the power was cut: what was synced is there; of what was not, some is, in any order.</summary>
internal sealed class Disk(IReadOnlyDictionary<string, byte[]> before)
{
    private readonly Dictionary<string, MemoryStream> _durable = before.ToDictionary(static file => file.Key, static file => StreamOf(file.Value));
    private readonly Dictionary<string, List<FileEvent>> _pending = [];

    public void Happen(FileEvent happened)
    {
        if (!_pending.TryGetValue(happened.Path, out var pending)) _pending.Add(happened.Path, pending = []);
        pending.Add(happened);
        if (happened.Kind != FileEventKind.Sync) return;
        if (!_durable.TryGetValue(happened.Path, out var file)) _durable.Add(happened.Path, file = new MemoryStream());
        foreach (var change in pending) Apply(file, change);
        pending.Clear();
    }

    /// <summary>Writes the files as they are found after a cut.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="dice">Decides which writes that were not synced arrived all the same; null: none.</param>
    public void WriteAfterCut(string folder, Random? dice)
    {
        foreach (var path in _durable.Keys.Union(_pending.Keys))
        {
            using var file = StreamOf(_durable.TryGetValue(path, out var durable) ? durable.ToArray() : []);
            foreach (var change in _pending.GetValueOrDefault(path, [])) if (dice?.Next(2) == 0) Apply(file, change);
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(path)), file.ToArray());
        }
    }

    private static void Apply(MemoryStream file, FileEvent change)
    {
        if (change.Kind == FileEventKind.Cut) file.SetLength(change.At);
        if (change.Kind != FileEventKind.Write) return;
        file.Position = change.At;
        file.Write(change.Bytes);
    }

    private static MemoryStream StreamOf(byte[] bytes)
    {
        var stream = new MemoryStream();
        stream.Write(bytes);
        return stream;
    }
}
