using System.Runtime.CompilerServices;
using System.Text;
using Journal.Interchange;
using Journal.Interchange.Sources;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Yaml;

namespace Journal.Tests.Interchange;

/// <summary>A reader with the real YAML, the samples, and journals in a directory of their own.</summary>
public abstract class InterchangeFixture : IDisposable
{
    private static readonly DateTimeOffset Written = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly List<IJournalStore> _stores = [];

    protected static YamlFormat Yaml { get; } = new();

    protected static ImportReader Reader { get; } = new(static () => Yaml, static () => new SqliteTables());

    protected string Folder { get; } = Directory.CreateTempSubdirectory("journal-interchange-").FullName;

    protected static string Sample(string name, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../samples", name));

    protected static ImportedFile ReadSample(string name) => Reader.Read(Sample(name), new ImportOptions());

    protected static ImportedFile ReadText(string text, string name = "state.json", ImportOptions? options = null) => ReadBytes(Encoding.UTF8.GetBytes(text), name, options);

    protected static ImportedFile ReadBytes(byte[] content, string name = "state.json", ImportOptions? options = null) =>
        Reader.Read("/data/" + name, content, options ?? new ImportOptions(), Written);

    protected static JournalException Refused(string text, string name = "state.json") => Assert.Throws<JournalException>(() => ReadText(text, name));

    protected IJournalStore NewStore()
    {
        var path = Path.Combine(Folder, $"{_stores.Count}.db");
        var store = new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Create) { Durability = Durability.Normal });
        _stores.Add(store);
        return store;
    }

    protected static IReadOnlyList<ImportResult> Import(IJournalStore store, ImportedFile file) => store.Import(ImportPlan.Place(file, store));

    /// <summary>All that a journal holds, as one JSON Lines text, without what the imports themselves added to the trail.</summary>
    protected static string Content(IJournalStore store)
    {
        var text = new StringWriter();
        JournalExport.Write(store, store.ReadBatches(new BatchQuery { OldestFirst = true }).ToList(), ExportFormat.Jsonl, text, CancellationToken.None);
        return text.ToString();
    }

    public void Dispose()
    {
        foreach (var store in _stores) store.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
