using Journal.Testing;

namespace Journal.Reliability.Tests.Postgres;

/// <summary>A test that is left out, in one line, where there is no PostgreSQL.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public const string Absent = "This machine has no PostgreSQL (initdb, pg_ctl; Debian's package is 'postgresql').";

    public PostgresFactAttribute() => Skip = PostgresServer.Binaries is null ? Absent : null;
}

/// <summary>The same for a test with several cases.</summary>
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.Binaries is null ? PostgresFactAttribute.Absent : null;
}
