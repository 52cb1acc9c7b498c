using System.IO.Compression;
using System.Text;
using Journal.Interchange.Sources;

namespace Journal.Tests.Interchange;

/// <summary>A cut or wrong file is an error that names the line.</summary>
public class WrongFileTests : InterchangeFixture
{
    private const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
    private const string Table = "BatchId,BatchName,BatchCreatedAt,Key,Status,CreatedAt\n";

    public static TheoryData<string, int, string> Wrong => new()
    {
        { "[\n{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\"},\n{\"id\":", 3, "cut" },
        { "[\n{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\"},\n{\"id\":\"2\",\"batchId\":\"b\",\"status\":\"dreaming\"}]", 3, "dreaming" },
        { "[\n{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\",\n\"createdAt\":\"soon\"}]", 3, "A time was expected in createdAt, not 'soon'" },
        { "[\n{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\",\"maxRetries\":\"many\"}]", 2, "A whole number was expected" },
        { "[\n{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\"},\n7]", 3, "An object was expected, not '7'" },
        { "[{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\"},\n{\"id\":\"1\",\"batchId\":\"b\",\"status\":\"pending\"}]", 2, "two tasks" },
        { "{\"batches\":[\n{\"name\":\"x\"}]}", 2, "no id" },
        { "[{\"id\":\"1\",\"success\":true},\n{\"success\":false}]", 2, "neither a URL nor an id" },
        { "[{\"id\":\"1\",\"success\":true,\"duration\":-1}]", 1, "A length of time" },
        { "{\"a\":{\"status\":\"done\"},\n\"b\":{\"status\":\"done\",\"time\":{}}}", 2, "A single value" },
        { "[{\"id\":\"\\ud800\",\"success\":true}]", 1, "Unicode" },
        { Header + "1\t:\t1.0\t1.0\t0\t0\t0\t0\techo\n2\t:\t1.0", 3, "cut" },
        { Header + "1\t:\t1.0\t1.0\t0\t0\t0\t0\techo\n2\t:\t1.0\n", 3, "columns" },
        { Header + "1\t:\tnoon\t1.0\t0\t0\t0\t0\techo\n", 2, "Starttime" },
        { Header + "1\t:\t1.0\t1e300\t0\t0\t0\t0\techo\n", 2, "JobRuntime" },
        { "Seq\tHost\tStart", 1, "header" },
        { "{\"format\":\"Journal\",\"version\":1}\n{\"type\":\"batch\",\"id\":\"b\",\"name\":\"b\",\"createdAt\":\"2025-01-01Z\"}\n", 2, "The end is missing" },
        { "{\"format\":\"Journal\",\"version\":1}\n{\"type\":\"batch\",\"id\":\"b\",\"name\":\"b\",\"createdAt\":\"2025-01-01Z\"}\n{\"type\":\"end\",\"tasks\":2}\n", 3, "lines are missing" },
        { "{\"format\":\"Journal\",\"version\":9}\n{\"type\":\"end\",\"tasks\":0}\n", 1, "Update the module" },
        { Table + "b,b,2025-01-01Z,\"k\nk\",Pending,2025-01-01Z\nb,b,2025-01-01Z,k,Dreaming,2025-01-01Z\n", 4, "Dreaming" },
        { Table + "b,b,2025-01-01Z,k,Pending\n", 2, "columns" },
        { Table + "b,b,2025-01-01Z,\"k,Pending,2025-01-01Z\n", 2, "no end" },
        { Table + "b,b,2025-01-01Z,k,Pending,2025-01-01Z", 2, "cut" },
        { "{\"id\":\"1\",\"success\":true}\n{\"id\":\"2\",\"succ", 2, "cut" },
        { "{\"id\":\"1\",\"success\":true}\n\n{\"id\":\"2\",\"success\":\"perhaps\"}", 3, "True or false" },
        { "// a log\n{\n\"video_id\": \"1\", // the id\n\"success\": true,\n\"start_time\": \"soon\"}", 5, "A time was expected" },
        { "{\"a\":\"downloading\",\n\"\":\"published\"}", 2, "no id" },
        { "[{\"id\":1,\"media_file_id\":1,\"status\":\"queued\",\"stage\":\"download\"},\n{\"id\":2,\"media_file_id\":2,\"status\":\"dreaming\",\"stage\":\"download\"}]", 2, "dreaming" },
        { "{\"processed_jsons\":{\"a\":{\"status\":\"success\"},\n\"b\":{\"status\":\"dreaming\"}}}", 2, "dreaming" },
        { "id: 1\nstage: downloading\nfiles: [a, b\n", 4, "not YAML" },
        { "id: 1\nstage: dancing\n", 1, "dancing" },
        { "id: 1\nstage: published\nlast_updated: soon\n", 3, "A time was expected" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void The_error_names_the_line(string text, int line, string detail)
    {
        var error = Refused(text, "file.x");
        Assert.Equal(nameof(JournalErrors.ImportFileInvalid), error.ErrorId);
        Assert.StartsWith($"'/data/file.x', line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(detail, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was imported.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"hello\":\"world\"}")]
    [InlineData("[1,2,3]")]
    [InlineData("[{\"name\":\"x\"}]")]
    [InlineData("once upon a time")]
    [InlineData("name: x\nsize: 3\n")]
    [InlineData("a,b,c\n1,2,3\n")]
    [InlineData("\0\0\0\0")]
    public void What_is_none_of_the_formats_is_said_to_be_none(string text) =>
        Assert.Contains(Refused(text).ErrorId, new[] { nameof(JournalErrors.ImportFormatUnknown), nameof(JournalErrors.ImportFileInvalid) });

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    [InlineData("[]")]
    [InlineData("{\"files\":{}}")]
    [InlineData(Header)]
    public void An_empty_file_is_said_to_be_empty(string text) => Assert.Equal(nameof(JournalErrors.ImportFileEmpty), Refused(text).ErrorId);

    [Fact]
    public void Byte_order_marks_line_ends_and_compression_make_no_difference()
    {
        var text = File.ReadAllText(Sample("batch-journal.json"));
        var expected = Describe(ReadText(text));
        var windows = text.ReplaceLineEndings("\r\n");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(text));
        var zipped = Path.Combine(Folder, "state.json.gz");
        File.WriteAllBytes(zipped, packed.ToArray());
        Assert.Equal(expected, Describe(ReadText(windows)));
        Assert.Equal(expected, Describe(ReadBytes([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)])));
        Assert.Equal(expected, Describe(ReadBytes([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)])));
        Assert.Equal(expected, Describe(ReadBytes([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)])));
        Assert.Equal(expected, Describe(Reader.Read(zipped, new ImportOptions())));
        File.WriteAllBytes(zipped, packed.ToArray()[..^40]);
        Assert.Equal(nameof(JournalErrors.ImportFileInvalid), Assert.Throws<JournalException>(() => Reader.Read(zipped, new ImportOptions())).ErrorId);

        static string Describe(ImportedFile file) => string.Join('\n', file.Batches.SelectMany(static batch => batch.Tasks).Select(static task => $"{task.Task.Key} {task.Task.Status} {task.Task.Metadata} {task.Task.UpdatedAt:O}"));
    }

    // A kilobyte can unfold to a megabyte, and a megabyte to a gigabyte.
    [Theory]
    [InlineData(100u, "not what its end says")]
    [InlineData(uint.MaxValue, "unfolds to more than")]
    public void A_compressed_file_is_not_unfolded_without_end(uint length, string detail)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(new byte[1 << 24]);
        var bomb = Path.Combine(Folder, "bomb.json.gz");
        File.WriteAllBytes(bomb, [.. packed.ToArray()[..^4], .. BitConverter.GetBytes(length)]);
        var error = Assert.Throws<JournalException>(() => Reader.Read(bomb, new ImportOptions()));
        Assert.Equal(nameof(JournalErrors.ImportFileInvalid), error.ErrorId);
        Assert.Contains(detail, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_joblog_from_Windows_loses_its_carriage_returns() =>
        Assert.Equal("echo", ReadText(Header.Replace("\n", "\r\n", StringComparison.Ordinal) + "1\t:\t1.0\t1.0\t0\t0\t0\t0\techo\r\n").Batches[0].Tasks.First().Task.Key);

    [Fact]
    public void A_file_that_is_not_there_or_is_no_YAML_folder_is_an_error_by_name()
    {
        Assert.Equal(nameof(JournalErrors.InputFileNotFound), Assert.Throws<JournalException>(() => Reader.Read(Path.Combine(Folder, "none.json"), new ImportOptions())).ErrorId);
        Assert.Equal(nameof(JournalErrors.ImportFormatUnknown), Assert.Throws<JournalException>(() => Reader.Read(Folder, new ImportOptions())).ErrorId);
    }

    [Fact]
    public void Nesting_without_end_and_names_without_end_are_refused_or_read_and_never_crash()
    {
        Assert.Equal(nameof(JournalErrors.ImportFileInvalid), Refused(new string('[', 100_000)).ErrorId);
        Assert.Equal(nameof(JournalErrors.ImportFileInvalid), Refused("id: 1\nstage: published\nx: " + new string('[', 5_000)).ErrorId);
        Assert.Equal(nameof(JournalErrors.InvalidKey), Assert.Throws<JournalException>(() => Import(NewStore(), ReadText($"{{\"{new string('k', 9000)}\":\"done\"}}"))).ErrorId);
    }

    [Fact]
    public void A_few_lines_of_YAML_that_unfold_to_billions_of_values_are_refused()
    {
        var bomb = new StringBuilder("id: 1\nstage: published\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++) bomb.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains("unfolds", Refused(bomb.ToString()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_thousand_records_are_read_at_once()
    {
        var json = "[" + string.Join(",\n", Enumerable.Range(0, 50_000).Select(static n => $$"""{"id":"{{n}}","success":{{(n % 7 == 0 ? "false" : "true")}},"logged_at":"2025-01-01T00:00:00Z"}""")) + "]";
        Assert.Equal(50_000, ReadText(json).Batches[0].Tasks.Count());
    }
}
