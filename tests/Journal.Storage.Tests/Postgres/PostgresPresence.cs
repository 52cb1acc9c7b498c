namespace Journal.Storage.Tests.Postgres;

/// <summary>The one line that tells when PostgreSQL's tests are left out.</summary>
public sealed class PostgresPresence
{
    [NeedsPostgres]
    public void A_server_of_the_tests_own_runs() => PostgresServer.Shared.Sql("SELECT 1");

    private sealed class NeedsPostgresAttribute : FactAttribute
    {
        public NeedsPostgresAttribute()
        {
            if (PostgresServer.Binaries is null) Skip = "All tests of the PostgreSQL store: this machine has no PostgreSQL (initdb, pg_ctl; Debian's package is 'postgresql').";
        }
    }
}
