using Journal.Sqlite;
using Journal.Storage;

namespace Journal.Reliability.Tests.Model;

/// <summary>The embedded store against the model.</summary>
public sealed class SqliteModelTests : ModelLaw, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-model-").FullName;
    private int _journals;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private protected override IJournalStore OpenNew(TimeProvider time) => new SqliteStoreFactory().Open(
        new StoreOptions(Path.Combine(_directory, $"{_journals++}.db"), StoreAccess.Create) { Time = time, Durability = Durability.Normal });
}
