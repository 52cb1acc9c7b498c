using Journal.Postgres.Engine;
using Journal.Postgres.Statements;
using Journal.Storage;

namespace Journal.Postgres.Reading;

/// <summary>Reads tasks.</summary>
internal static class TaskReader
{
    /// <summary>Streams the tasks that match.</summary>
    /// <param name="session">On which snapshot.</param>
    /// <param name="query">Which.</param>
    /// <param name="light">Leaves out the texts that are only looked at.</param>
    public static IEnumerable<JournalTask> Read(ReadSession session, TaskQuery query, bool light = false)
    {
        var filter = TaskFilter.Compile(session, query);
        if (filter.Where.IsEmpty) return [];
        var paging = filter.IsJudgedHere ? "" : Paging.Clause(query.First, query.Skip);
        var columns = light ? TaskStatements.LightColumns : TaskStatements.Columns;
        var sql = $"SELECT {columns}, w.name FROM task t LEFT JOIN worker w ON w.no = t.worker{filter.Where}{filter.OrderBy}{paging}";
        var tasks = session.Pipeline.Stream(filter.Where.ToCommand(sql)).Select(row =>
            StoredTask.Read(row, session.Batch(filter.Batches, row.Integer(StoredTask.BatchColumn)), row.TextOrNull(StoredTask.WorkerColumn), session.Location));
        return filter.IsJudgedHere ? Paging.Of(tasks.Where(filter.Holds), query.First, query.Skip) : tasks;
    }

    public static JournalTask? Find(Pipeline pipeline, Catalog catalog, string location, long id)
    {
        var number = default(long?);
        long revision = 0;
        pipeline.Add(new Command("SELECT b.no, b.revision FROM task t JOIN batch b ON b.no = t.batch WHERE t.id = $1").With(id), row =>
        {
            number = row.Integer(0);
            revision = row.Integer(1);
        }).Send();
        if (number is not { } known || !catalog.Facts(pipeline, [(known, revision)]).TryGetValue(known, out var batch)) return null;
        JournalTask? task = null;
        pipeline.Add(new Command(TaskStatements.ById).With(id), row => task = StoredTask.Read(row, batch, row.TextOrNull(StoredTask.WorkerColumn), location)).Send();
        return task;
    }

    /// <summary>Counts the tasks that match; paging does not matter.</summary>
    public static long Count(ReadSession session, TaskQuery query)
    {
        query = query with { First = null, Skip = 0, OrderBy = TaskOrder.Id };
        var filter = TaskFilter.Compile(session, query);
        if (filter.Where.IsEmpty) return 0;
        if (filter.IsJudgedHere) return Read(session, query, light: true).LongCount();
        long count = 0;
        session.Pipeline.Add(filter.Where.ToCommand($"SELECT COUNT(*) FROM task t{filter.Where}"), row => count = row.Integer(0)).Send();
        return count;
    }

    /// <summary>The ids of the tasks that match, for moves of many.</summary>
    public static List<long> Ids(ReadSession session, TaskQuery query)
    {
        var ids = new List<long>();
        var filter = TaskFilter.Compile(session, query);
        if (filter.Where.IsEmpty) return ids;
        if (filter.IsJudgedHere) return [.. Read(session, query, light: true).Select(static task => task.Id)];
        session.Pipeline.Add(
            filter.Where.ToCommand($"SELECT t.id FROM task t{filter.Where}{filter.OrderBy}{Paging.Clause(query.First, query.Skip)}"), row => ids.Add(row.Integer(0))).Send();
        return ids;
    }
}
