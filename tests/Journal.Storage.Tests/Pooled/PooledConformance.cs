using Journal.Storage.Tests.Conformance;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Pooled;

/// <summary>Journals behind a pooler that gives each transaction another connection.</summary>
public sealed class PooledFixture : PostgresFixture
{
    private static readonly Lazy<PgBouncer> OfThisRun = new(static () => new PgBouncer(PostgresServer.Shared, "transaction", connections: 60));

    public static PgBouncer Shared => OfThisRun.Value;

    protected override int Port => Shared.Port;
}

public sealed class PooledMoves : MoveConformance<PooledFixture>;

public sealed class PooledClaims : ClaimConformance<PooledFixture>;

public sealed class PooledConcurrency : ConcurrencyConformance<PooledFixture>;

public sealed class PooledCopies : CopyConformance<PooledFixture>;

public sealed class PooledResults : ResultConformance<PooledFixture>;
