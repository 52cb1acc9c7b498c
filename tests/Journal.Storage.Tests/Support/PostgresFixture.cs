using Journal.Postgres;
using Journal.Postgres.Opening;

namespace Journal.Storage.Tests.Support;

/// <summary>Journals in schemas of one server, each with a name of its own.</summary>
public sealed class PostgresFixture : StoreFixture
{
    private readonly string _schema = $"journal_{Guid.NewGuid():n}";

    public override string Location => PostgresServer.Shared.Address(_schema);

    protected override IJournalStoreFactory Factory { get; } = new PostgresStoreFactory();

    public IJournalStoreFactory Engine => Factory;

    public string Schema => _schema;

    protected override void CleanUp()
    {
        new Connections(ServerAddress.Parse(Location), new StoreOptions(Location, StoreAccess.Write)).Forget();
        PostgresServer.Shared.Sql($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
    }
}
