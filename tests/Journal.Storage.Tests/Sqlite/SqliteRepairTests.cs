using System.Text;
using Journal.Lifecycle;
using Journal.Sqlite.Engine;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Sqlite;

/// <summary>A damaged journal is told, set aside, and saved as far as it can be read.</summary>
public sealed class SqliteRepairTests : StoreTest<SqliteFixture>
{
    private const int PageSize = 4096;
    private const byte TableLeaf = 13;
    private const byte IndexLeaf = 10;

    private string Path => Fixture.Location;

    private string Aside => Path + ".corrupt";

    [Fact]
    public void Tasks_of_keys_go_on_though_the_journal_forgot_who_is_next()
    {
        var batch = Store.CreateBatch(new NewBatch("keys") { Options = new BatchOptions { ConcurrencyLimit = 1, LimitBy = "Server" } });
        Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 6).Select(static n => New($"{n}") with { LimitKey = $"server {n % 2}" })]);
        using (var database = Database.Open(Path, OpenMode.ReadWrite, Second)) database.Execute($"DELETE FROM pace; UPDATE task SET not_before = {Journal.Storage.Shared.Waits.ForKey}");

        var done = 0;
        while (Claim(batch, 9) is { Count: > 0 } claimed)
        {
            Assert.True(claimed.Count <= 2);
            foreach (var task in claimed) Make(Complete(task));
            done += claimed.Count;
        }

        Assert.Equal(6, done);
    }

    [Fact]
    public void Damaged_pages_are_told_and_what_lies_around_them_is_saved()
    {
        var batch = Fill(3000);
        Damage(TableLeaf, page => Count(page, "/photos/") > 10, count: 3);

        using (var damaged = Fixture.Open(StoreAccess.Write)) Assert.NotEmpty(damaged.Check());
        var report = Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Assert.True(File.Exists(Aside));
        Fixture.Reopen();
        IsSound();
        var saved = Store.ReadTasks(new TaskQuery { BatchIds = [batch.Id] }).ToList();
        // Three pages hold some dozens of tasks each.
        Assert.InRange(saved.Count, 2700, 2999);
        Assert.Equal(saved.Count, Again(batch).Total);
        Assert.Contains(report, static line => line.StartsWith("task: ", StringComparison.Ordinal) && line.Contains("could not all be read", StringComparison.Ordinal));
        // It is a journal like any other: the work goes on.
        Make(Complete(ClaimOne(batch)));
        Assert.Equal(1, Add(batch, "new").Added);
        IsSound();
    }

    // Whatever lies there: tasks and events in the leaves of tables; attempts, results and indexes in the others.
    [Theory]
    [InlineData(TableLeaf)]
    [InlineData(IndexLeaf)]
    public void A_journal_that_was_repaired_is_sound_whatever_was_damaged(byte kind)
    {
        Fill(3000);
        // Without the schema nothing can be read: that is what backups are for.
        Damage(kind, static page => Count(page, "CREATE ") == 0, count: 8);

        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        IsSound();
        Assert.InRange(Store.CountTasks(TaskQuery.All), 2400, 3000);
    }

    // Looking at every page of a large file would take longer than a run may take to begin.
    [Theory]
    [InlineData("batch")]
    [InlineData("worker")]
    [InlineData("sequence")]
    public void Nothing_is_written_to_a_large_journal_whose_tables_that_every_run_needs_are_damaged(string table)
    {
        var batch = Batch();
        Store.AddTasks(batch.Id, [.. Enumerable.Range(1, 20).Select(static n => new NewTask($"{n}", TaskInput.OfText(new string('x', 1024 * 1024))))]);
        Make(Complete(ClaimOne(batch)));
        Store.Dispose();
        long page;
        using (var database = Database.Open(Path, OpenMode.ReadWrite, TimeSpan.Zero)) page = database.Number($"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
        using (var file = File.OpenWrite(Path))
        {
            file.Position = (page - 1) * PageSize;
            file.Write(Enumerable.Repeat((byte)0xAB, PageSize).ToArray());
        }

        var before = File.ReadAllBytes(Path);
        using (var damaged = Fixture.Open(StoreAccess.Write)) Fails("JournalCorrupt", () => damaged.AddTasks(batch.Id, [New("late")]));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    // As after a log that was lost while it was half merged: the row of a task is older than its attempts and its events.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_task_that_is_older_than_its_history_stands_where_that_says(bool hasEvents)
    {
        var batch = Fill(2);
        var task = ClaimOne(batch);
        Make(Complete(task));
        Store.Dispose();
        using (var database = Database.Open(Path, OpenMode.ReadWrite, TimeSpan.Zero))
        {
            database.Execute($"UPDATE task SET status = 1, ended_at = NULL, lease_until = 1 WHERE id = {task.Id}");
            if (!hasEvents) database.Execute($"DELETE FROM event WHERE task = {task.Id}");
        }

        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        IsSound();
        var saved = Store.FindTask(task.Id)!;
        Assert.Equal((hasEvents ? JournalTaskStatus.Completed : JournalTaskStatus.Pending, 1L, hasEvents), (saved.Status, saved.Token, saved.EndedAt is not null));
    }

    // The row of a task, its attempts and its events, each as it was at another moment: claimed, released, claimed again, completed.
    [Fact]
    public void A_task_whose_rows_are_of_different_times_gets_no_claim_that_never_was()
    {
        const int moments = 5;
        var batch = Batch([.. Enumerable.Range(0, moments * moments * moments).Select(static n => $"{n}")]);
        using (var database = Database.Open(Path, OpenMode.ReadWrite, Second))
        {
            Keep(0);
            for (var claim = 0; claim < 2; claim++)
            {
                var claimed = Claim(batch, int.MaxValue);
                Keep((claim * 2) + 1);
                foreach (var task in claimed) Make(claim == 0 ? TaskMove.Release(task.Id, task.Token, "stopped") : Complete(task));
                Keep((claim * 2) + 2);
            }

            for (var moment = 0; moment < moments; moment++)
            {
                foreach (var (table, id, place) in new[] { ("task", "id", moments * moments), ("attempt", "task", moments), ("event", "task", 1) })
                {
                    if (moment == 0) database.Execute($"DELETE FROM {table} WHERE {id} IS NOT NULL");
                    database.Execute($"INSERT INTO {table} SELECT * FROM temp.{table}{moment} WHERE (SELECT key FROM temp.task0 t WHERE t.id = {table}{moment}.{id}) / {place} % {moments} = {moment}");
                }
            }

            void Keep(int moment)
            {
                foreach (var table in new[] { "task", "attempt", "event" }) database.Execute($"CREATE TEMP TABLE {table}{moment} AS SELECT * FROM main.{table}");
            }
        }

        Store.Dispose();
        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        IsSound();
        var saved = Store.ReadTasks(TaskQuery.All).ToList();
        Assert.Equal(moments * moments * moments, saved.Count);
        Assert.Equal([], saved.Where(static task => task.Token > 2).Select(static task => $"{task.Key}: {task.Status}, claimed {task.Token} times"));
    }

    // As after a log that was lost while it was half merged: the first page tells of more pages than there are.
    [Fact]
    public void A_file_that_ends_too_early_gives_what_lies_before_its_end()
    {
        Fill(3000);
        Store.Dispose();
        using (var file = File.OpenWrite(Path)) file.SetLength(file.Length * 2 / 3 / PageSize * PageSize);

        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        IsSound();
        Assert.InRange(Store.CountTasks(TaskQuery.All), 1000, 3000);
    }

    [Fact]
    public void A_sound_journal_loses_nothing_by_a_repair()
    {
        var batch = Fill(500);
        Add(batch, "late");
        var before = Store.ReadTasks(TaskQuery.All).Select(static task => (task.Id, task.Key, task.Status, task.Token)).ToList();
        var events = Store.ReadEvents(new EventQuery()).Count();
        Store.Dispose();

        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        Assert.Equal(before, Store.ReadTasks(TaskQuery.All).Select(static task => (task.Id, task.Key, task.Status, task.Token)));
        Assert.Equal(events, Store.ReadEvents(new EventQuery()).Count());
        IsSound();
    }

    [Fact]
    public void Tasks_whose_batch_was_lost_are_found_in_one_that_says_so()
    {
        var staged = Fill(["one", "two", "three"], 20);
        var task = ClaimOne(staged);
        Make(TaskMove.Advance(task.Id, task.Token, TaskReport.Nothing, null, keepsClaim: false));
        Store.Dispose();
        Sql("DELETE FROM batch");

        var report = Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        var salvaged = Assert.Single(Store.ReadBatches(new BatchQuery()));
        Assert.Equal(("salvaged", 20L, 5L), (salvaged.Name, salvaged.Total, salvaged.Completed));
        Assert.Equal(["stage1", "stage2"], salvaged.Stages);
        Assert.Contains(report, static line => line.Contains("1 batches were lost", StringComparison.Ordinal));
        IsSound();
    }

    [Fact]
    public void A_file_that_cannot_be_read_at_all_is_set_aside_all_the_same()
    {
        Fill(10);
        Store.Dispose();
        File.WriteAllBytes(Path, Encoding.UTF8.GetBytes(new string('x', 3 * PageSize)));

        Fails("NotAJournal", () => Fixture.Open(StoreAccess.Write));
        var report = Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        // Once, and not of a copy that is gone by now.
        Assert.Equal([$"The damaged journal was set aside as '{Aside}'.", "Nothing could be read: it is not a database, or its first page is lost."], report);
        Assert.Equal(3 * PageSize, new FileInfo(Aside).Length);
        Fixture.Reopen();
        Assert.Empty(Store.ReadBatches(new BatchQuery()));
        IsSound();
    }

    [Theory]
    [InlineData("UPDATE batch SET completed = completed + 1", "counts")]
    [InlineData("UPDATE task SET batch = 77 WHERE id = 1", "missing")]
    [InlineData("UPDATE task SET stage = 3 WHERE id = 1", "stage")]
    [InlineData("UPDATE batch SET last_task = 2", "range")]
    [InlineData("UPDATE task SET token = 0 WHERE id = 1", "attempts")]
    [InlineData("DELETE FROM event WHERE kind = 21 AND task = 1", "last move")]
    [InlineData("UPDATE batch SET quota_consumed = quota_consumed + 1", "quota")]
    [InlineData("UPDATE quota SET consumed = 0", "quota")]
    [InlineData("UPDATE task SET quota = 0 WHERE id = 1", "quota")]
    public void A_journal_that_contradicts_itself_is_told_and_mended(string harm, string word)
    {
        var batch = Fill(20);
        Exchange(batch, 0, [.. Claim(batch, 2).Select(static task => Complete(task, new TaskReport { Quota = 0.1, QuotaProject = "p" }))]);
        IsSound();
        Sql(harm);

        Assert.Contains(Store.Check(), line => line.Contains(word, StringComparison.Ordinal));
        Store.Dispose();
        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);
        Fixture.Reopen();
        IsSound();
    }

    // One bit tells a text from a blob, and the bytes are the same.
    [Theory]
    [InlineData("socket closed")]
    [InlineData("")]
    public void A_text_whose_type_was_damaged_is_read_and_saved_as_the_text_that_it_was(string text)
    {
        Fill(20);
        Sql($"UPDATE task SET signature = CAST('{text}' AS BLOB), quota_project = CAST('{text}' AS BLOB), target_id = CAST('{text}' AS BLOB) WHERE id = 7");

        Assert.Contains(Store.GroupTasks(new GroupQuery(TaskQuery.All, [TaskGroupings.Parse("Signature")])), group => Equals(Assert.Single(group.Values), text));
        Store.Dispose();
        Fixture.Engine.Repair(new StoreOptions(Path, StoreAccess.Write) { Time = Fixture.Time }, Aside);

        Fixture.Reopen();
        Assert.Equal(text, Store.FindTask(7)!.TargetId);
        IsSound();
    }

    private JournalBatch Fill(int count) => Fill([], count);

    private JournalBatch Fill(string[] stages, int count)
    {
        var batch = Batch(stages, [.. Enumerable.Range(0, count).Select(static i => $"/photos/{i:D6}.jpg")]);
        var tasks = Claim(batch, count / 4);
        Exchange(batch, 0, [.. tasks.Select(static task => Complete(task, new TaskReport { Quota = 0.7 }))]);
        return batch;
    }

    private void Damage(byte kind, Func<byte[], bool> isVictim, int count)
    {
        Store.Dispose();
        using var file = File.Open(Path, FileMode.Open, FileAccess.ReadWrite);
        var page = new byte[PageSize];
        for (long at = 10 * PageSize; count > 0 && at < file.Length; at += 3 * PageSize)
        {
            file.Position = at;
            file.ReadExactly(page);
            if (page[0] != kind || !isVictim(page)) continue;
            file.Position = at;
            file.Write(new byte[PageSize]);
            count--;
        }
    }

    private static int Count(byte[] page, string text) => Encoding.Latin1.GetString(page).Split(text).Length - 1;

    private void Sql(string script)
    {
        using var database = Database.Open(Path, OpenMode.ReadWrite, Second);
        database.Execute(script);
    }
}
