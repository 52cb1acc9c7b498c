using Journal.Storage.Tests.Conformance;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Postgres;

public sealed class PostgresMoves : MoveConformance<PostgresFixture>;

public sealed class PostgresFencing : FencingConformance<PostgresFixture>;

public sealed class PostgresClaims : ClaimConformance<PostgresFixture>;

public sealed class PostgresPace : PaceConformance<PostgresFixture>;

public sealed class PostgresQuota : QuotaConformance<PostgresFixture>;

public sealed class PostgresStages : StageConformance<PostgresFixture>;

public sealed class PostgresBatches : BatchConformance<PostgresFixture>;

public sealed class PostgresAdding : AddConformance<PostgresFixture>;

public sealed class PostgresQueries : QueryConformance<PostgresFixture>;

public sealed class PostgresHistory : HistoryConformance<PostgresFixture>;

public sealed class PostgresFigures : FigureConformance<PostgresFixture>;

public sealed class PostgresConcurrency : ConcurrencyConformance<PostgresFixture>;

public sealed class PostgresImports : ImportConformance<PostgresFixture>;

public sealed class PostgresFullBatches : FullBatchConformance<PostgresFixture>;

public sealed class PostgresCopies : CopyConformance<PostgresFixture>;

public sealed class PostgresResults : ResultConformance<PostgresFixture>;
