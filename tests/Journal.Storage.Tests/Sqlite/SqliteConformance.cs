using Journal.Storage.Tests.Conformance;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

public sealed class SqliteMoves : MoveConformance<SqliteFixture>;

public sealed class SqliteFencing : FencingConformance<SqliteFixture>;

public sealed class SqliteClaims : ClaimConformance<SqliteFixture>;

public sealed class SqlitePace : PaceConformance<SqliteFixture>;

public sealed class SqliteQuota : QuotaConformance<SqliteFixture>;

public sealed class SqliteStages : StageConformance<SqliteFixture>;

public sealed class SqliteBatches : BatchConformance<SqliteFixture>;

public sealed class SqliteAdding : AddConformance<SqliteFixture>;

public sealed class SqliteQueries : QueryConformance<SqliteFixture>;

public sealed class SqliteHistory : HistoryConformance<SqliteFixture>;

public sealed class SqliteFigures : FigureConformance<SqliteFixture>;

public sealed class SqliteConcurrency : ConcurrencyConformance<SqliteFixture>;

public sealed class SqliteImports : ImportConformance<SqliteFixture>;

public sealed class SqliteFullBatches : FullBatchConformance<SqliteFixture>;

public sealed class SqliteCopies : CopyConformance<SqliteFixture>;

public sealed class SqliteResults : ResultConformance<SqliteFixture>;
