using System.Text;
using Journal.Storage.Transfer;
using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Storage;

namespace Journal.Tests.Interchange;

/// <summary>Whatever a file holds, it is imported or refused; the journal is sound afterwards, and untouched where it was refused.</summary>
public class FuzzTests : InterchangeFixture
{
    private const int Rounds = 400;

    private static readonly string[] Splinters = ["null", "{}", "[]", "-1", "1e999", "\"\"", "\"\\ud800\"", "\0", "'", "\n", "\t", ",", ":", "- ", "&a *a", "!!binary x", "9999-12-31T23:59:59Z", "0001-01-01", "\"=cmd()\"", "true", "\ufeff", "99999999999999999999"];

    [Theory]
    [InlineData("batch-journal.json")]
    [InlineData("batch-journal-old.json")]
    [InlineData("job-log.json")]
    [InlineData("processing-state.json")]
    [InlineData("parallel.joblog")]
    [InlineData("episodes/2024/ep-0101.yaml")]
    [InlineData("systems/batch-journal/journal.json")]
    [InlineData("systems/job-log/processing_log.json")]
    [InlineData("systems/job-log/ten-records.jsonl")]
    [InlineData("systems/job-log/one-record-with-comments.json")]
    [InlineData("systems/partial-processing/processing_state.json")]
    [InlineData("systems/episodes/2005/hy9_hooting_yard_2005-06-16.yaml")]
    [InlineData("systems/episodes/index.json")]
    [InlineData("systems/episodes/state.db")]
    [InlineData("systems/transcoder/jobs.json")]
    [InlineData("systems/transcoder/transcoder.db")]
    [InlineData("export.json")]
    [InlineData("export.jsonl")]
    [InlineData("export.csv")]
    [InlineData("export.yaml")]
    public void A_mutated_file_is_imported_or_refused(string name)
    {
        var original = name.StartsWith("export", StringComparison.Ordinal) ? Export(name) : File.ReadAllBytes(Sample(name));
        var store = NewStore();
        var imported = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var content = Mutate(original, new Random(seed));
            var before = store.CountTasks(TaskQuery.All);
            try
            {
                Import(store, name.EndsWith(".db", StringComparison.Ordinal) ? ReadFile(content) : ReadBytes(content, "mutant"));
                imported++;
            }
            catch (JournalException)
            {
                Assert.Equal(before, store.CountTasks(TaskQuery.All));
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {e}");
            }
        }

        Assert.InRange(imported, 1, Rounds);
        Assert.Empty(store.Check());
    }

    // SQLite reads files only.
    private ImportedFile ReadFile(byte[] content)
    {
        var path = Path.Combine(Folder, "mutant.db");
        File.WriteAllBytes(path, content);
        return Reader.Read(path, new ImportOptions());
    }

    private byte[] Export(string name)
    {
        var store = NewStore();
        Import(store, ReadSample("job-log.json"));
        var batches = store.ReadBatches(new BatchQuery()).ToList();
        if (name.EndsWith(".yaml", StringComparison.Ordinal)) return Encoding.UTF8.GetBytes(MirrorExport.TextOf(batches[0], FullReader.ReadTasks(store, batches[0]).First(), Yaml));
        var path = Path.Combine(Folder, name);
        JournalExport.Write(store, batches, name.EndsWith("csv", StringComparison.Ordinal) ? ExportFormat.Csv : name.EndsWith('l') ? ExportFormat.Jsonl : ExportFormat.Json, path, false, CancellationToken.None);
        return File.ReadAllBytes(path);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var content = original.ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(content.Count);
            var length = random.Next(1, Math.Min(30, content.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0: content.RemoveRange(at, length); break;
                case 1: content.InsertRange(at, content.GetRange(at, length)); break;
                case 2: content[at] = (byte)random.Next(256); break;
                case 3: content.InsertRange(at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)])); break;
                case 4 when random.Next(4) == 0: content.RemoveRange(at, content.Count - at); break;
                // A whole value replaced: what stands between two quotes.
                default:
                    var end = content.IndexOf((byte)'"', at);
                    if (end <= at) break;
                    content.RemoveRange(at, end - at);
                    content.InsertRange(at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]));
                    break;
            }

            if (content.Count == 0) content.Add((byte)'x');
        }

        return [.. content];
    }
}
