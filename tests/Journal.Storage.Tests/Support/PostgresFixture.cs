using Journal.Postgres;
using Journal.Postgres.Opening;

namespace Journal.Storage.Tests.Support;

/// <summary>Journals in schemas of one server, each with a name of its own.</summary>
public class PostgresFixture : StoreFixture
{
    private readonly string _schema = $"journal_{Guid.NewGuid():n}";

    public override string Location => PostgresServer.Shared.Address(_schema, port: Port);

    protected override IJournalStoreFactory Factory { get; } = new PostgresStoreFactory();

    /// <summary>Where the server, or what is before it, listens.</summary>
    protected virtual int Port => PostgresServer.Shared.Port;

    public IJournalStoreFactory Engine => Factory;

    public string Schema => _schema;

    protected override void CleanUp()
    {
        new Connections(ServerAddress.Parse(Location), new StoreOptions(Location, StoreAccess.Write)).Forget();
        PostgresServer.Shared.Sql($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
    }
}
