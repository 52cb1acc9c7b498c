using Journal.Postgres;
using Journal.Postgres.Opening;

namespace Journal.Storage.Tests.Support;

/// <summary>Journals in schemas of one server, each with a name of its own.</summary>
public sealed class PostgresFixture : StoreFixture
{
    private readonly string _schema = $"journal_{Guid.NewGuid():n}";

    /// <summary>The address with its password, as a user would give it.</summary>
    public string Address => PostgresServer.Shared.Address(_schema);

    public override string Location => JournalLocation.WithoutPassword(Address);

    public string Schema => _schema;

    protected override IJournalStoreFactory Factory { get; } = new WithPassword();

    protected override void CleanUp()
    {
        new Connections(ServerAddress.Parse(Address), new StoreOptions(Address, StoreAccess.Write)).Forget();
        PostgresServer.Shared.Sql($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
    }

    // What a user types once, and what objects carry then: the same journal.
    private sealed class WithPassword : IJournalStoreFactory
    {
        private readonly PostgresStoreFactory _factory = new();

        public IJournalStore Open(StoreOptions options) =>
            _factory.Open(options with { Location = options.Location.Replace("journal@", "journal:secret@", StringComparison.Ordinal) });

        public IReadOnlyList<string> Repair(StoreOptions options, string asidePath) => _factory.Repair(options, asidePath);
    }
}
