using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Journal.Formats;
using Journal.Interchange.Formats;
using Journal.Interchange.Sources;
using Journal.Storage;
using Journal.Storage.Transfer;

namespace Journal.Interchange;

/// <summary>What the export of a mirror did.</summary>
/// <param name="Written">Files that are new or were written again.</param>
/// <param name="Unchanged">Files that show their task as it is.</param>
/// <param name="Compressed">Files that were compressed.</param>
public readonly record struct MirrorResult(long Written, long Unchanged, long Compressed);

/// <summary>
/// Mirrors batches as YAML files that people read: one for each task, in folders by the year of the item (what its metadata call its date, else when it was added), with an index. What has not
/// changed since the last export is not written again.
/// </summary>
/// <param name="store">The journal.</param>
/// <param name="folder">The mirror's full path.</param>
/// <param name="yaml">Writes YAML.</param>
public sealed class MirrorExport(IJournalStore store, string folder, IYamlFormat yaml)
{
    private const int SlugLength = 80;

    /// <summary>Brings the mirror up to date with some batches; other batches in it stay.</summary>
    /// <param name="batches">Which.</param>
    /// <param name="compressBefore">Tasks that ended before this time are compressed; null compresses none.</param>
    /// <param name="replace">Whether a folder that holds something else may be used.</param>
    /// <param name="stop">Stops between two files; the next export goes on.</param>
    /// <param name="memory">What the journal remembers of batches that were removed, see <see cref="Journal.Runs.EarlierRuns.ReadMemory"/>.</param>
    /// <exception cref="JournalException">ExportFileExists, ExportFailed, ImportFileInvalid (the index is damaged).</exception>
    public MirrorResult Write(IReadOnlyList<JournalBatch> batches, DateTimeOffset? compressBefore, bool replace, CancellationToken stop, IReadOnlyList<JournalCheckpoint>? memory = null)
    {
        var index = MirrorIndex.Read(folder, new ImportOptions());
        if (index is null && !replace && (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))) throw JournalErrors.ExportFileExists(folder);
        index ??= new MirrorIndex();
        var result = default(MirrorResult);
        try
        {
            foreach (var batch in batches) result = Write(batch, index, compressBefore, result, stop);
        }
        finally
        {
            // A stop, too, leaves an index that tells what is done.
            var now = batches.Select(batch => FullReader.ReadBatch(store, batch)).ToList();
            index.Batches = [.. index.Batches.Where(old => now.TrueForAll(batch => batch.Batch.Id != old.Batch.Id)), .. now];
            if (memory is not null) index.Memory = [.. index.Memory.Where(old => memory.All(kept => kept.Name != old.Name)), .. memory];
            AtomicFile.WriteText(Path.Combine(folder, MirrorIndex.FileName), replace: true, index.Write);
        }

        return result;
    }

    /// <summary>The text of a task's file.</summary>
    public static string TextOf(JournalBatch batch, FullTask task, IYamlFormat yaml) => yaml.Write(Node.Map(
    [
        .. OwnJson.Head().Members,
        new("batch", new NodeBuilder().Add("id", batch.Id).Add("name", batch.Name).Add("createdAt", batch.CreatedAt).AddTexts("stages", batch.Stages).ToNode()),
        .. OwnTask.Write(task).Members,
    ]));

    /// <summary>Where the file of a task lies in a mirror: <c>2026/work-20260301-120000/photos-a.jpg-0123abcd.yaml</c>.</summary>
    public static string PathOf(JournalTask task)
    {
        var name = $"{Slug(task.Key)}-{Hash(task.Key)}.yaml";
        var batch = Slug(task.BatchId);
        if (batch != task.BatchId) batch = $"{batch}-{Hash(task.BatchId)}";
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{YearOf(task):0000}/{batch}/{name}");
    }

    // An episode of 2004 that is taken in today belongs to 2004.
    private static int YearOf(JournalTask task) =>
        task.Metadata.TryGetValue("date", out var date) && date is string text && Mapping.Scalars.Time(text, TimeZoneInfo.Utc) is { } time ? time.Year : task.CreatedAt.UtcDateTime.Year;

    private MirrorResult Write(JournalBatch batch, MirrorIndex index, DateTimeOffset? compressBefore, MirrorResult result, CancellationToken stop)
    {
        bool Compress(JournalTask task) => task.EndedAt < compressBefore;

        bool Changed(JournalTask task)
        {
            var path = PathOf(task) + (Compress(task) ? ".gz" : "");
            if (!index.Files.TryGetValue((task.BatchId, task.Key), out var known) || Micros(known.UpdatedAt) != Micros(task.UpdatedAt)) return true;
            // Once compressed it stays so, until the task changes.
            if ((known.Path == path || known.Path == path + ".gz") && File.Exists(Full(known.Path)))
            {
                result = result with { Unchanged = result.Unchanged + 1 };
                return false;
            }

            return true;
        }

        foreach (var whole in FullReader.ReadTasks(store, batch, Changed))
        {
            stop.ThrowIfCancellationRequested();
            var compress = Compress(whole.Task);
            var plain = PathOf(whole.Task);
            var path = plain + (compress ? ".gz" : "");
            var bytes = Encoding.UTF8.GetBytes(TextOf(batch, whole, yaml));
            AtomicFile.Write(Full(path), replace: true, stream => Put(stream, bytes, compress));
            Delete(Full(compress ? plain : plain + ".gz"));
            // Its date may have changed, and with it its folder.
            if (index.Files.TryGetValue((whole.Task.BatchId, whole.Task.Key), out var before) && before.Path != path) Delete(Full(before.Path));
            index.Set(whole.Task.BatchId, whole.Task.Key, new MirrorFile(path, whole.Task.UpdatedAt));
            result = result with { Written = result.Written + 1, Compressed = result.Compressed + (compress ? 1 : 0) };
        }

        return result;
    }

    private string Full(string path) => Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));

    private static void Put(Stream stream, byte[] bytes, bool compress)
    {
        if (!compress)
        {
            stream.Write(bytes);
            return;
        }

        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(bytes);
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.ExportFailed(path, e.Message, e);
        }
    }

    // What every file system takes: letters, digits and a few signs; the end of a long key tells more than its beginning.
    private static string Slug(string text)
    {
        var slug = new StringBuilder(SlugLength);
        foreach (var c in text.Length > SlugLength ? text.AsSpan(text.Length - SlugLength) : text)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        return slug.ToString().Trim('-', '.') is { Length: > 0 } name ? name : "task";
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 4).ToLowerInvariant();

    private static long Micros(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond;
}
