namespace Journal.Storage.Tests.Postgres;

/// <summary>The lines that tell when PostgreSQL's tests, or those of a pooler before it, are left out.</summary>
public sealed class PostgresPresence
{
    [NeedsPostgres]
    public void A_server_of_the_tests_own_runs() => PostgresServer.Shared.Sql("SELECT 1");

    [NeedsPgBouncer]
    public void A_pooler_of_the_tests_own_runs() => Assert.NotEqual(0, Pooled.PooledFixture.Shared.Port);

    private sealed class NeedsPgBouncerAttribute : FactAttribute
    {
        public NeedsPgBouncerAttribute()
        {
            if (PostgresServer.Binaries is null || PgBouncer.Program is null) Skip = "All tests of journals behind a pooler: " + PgBouncer.Absent;
        }
    }

    private sealed class NeedsPostgresAttribute : FactAttribute
    {
        public NeedsPostgresAttribute()
        {
            if (PostgresServer.Binaries is null) Skip = "All tests of the PostgreSQL store: this machine has no PostgreSQL (initdb, pg_ctl; Debian's package is 'postgresql').";
        }
    }
}
