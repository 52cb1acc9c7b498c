using Journal.Sqlite;

namespace Journal.Storage.Tests.Support;

/// <summary>Journals in SQLite files, each in a directory of its own.</summary>
public sealed class SqliteFixture : StoreFixture
{
    public SqliteFixture()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("journal-test-").FullName;
        Location = Path.Combine(Directory, "a journal", "journal.db");
    }

    public string Directory { get; }

    public override string Location { get; }

    protected override IJournalStoreFactory Factory { get; } = new SqliteStoreFactory();

    public IJournalStoreFactory Engine => Factory;

    protected override void CleanUp() => System.IO.Directory.Delete(Directory, recursive: true);
}
