using Journal.Interchange;
using Journal.Lifecycle;
using Journal.Postgres.Opening;
using Journal.Storage.Tests.Support;
using Journal.Storage.Transfer;
using Journal.Workers;

namespace Journal.Storage.Tests.Postgres;

/// <summary>What is PostgreSQL's alone: making a journal, the least rights, the server's clock, and moving between engines.</summary>
public sealed class PostgresServerTests : StoreTest<PostgresFixture>
{
    // As docs/many-machines.md has it.
    private static string LeastRights(string schema, string role) => $"""
        CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password.Replace("'", "''", StringComparison.Ordinal)}';
        GRANT USAGE ON SCHEMA {schema} TO {role};
        GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};
        GRANT INSERT, UPDATE ON {schema}.batch, {schema}.task, {schema}.result, {schema}.temp_file, {schema}.quota, {schema}.checkpoint TO {role};
        GRANT INSERT ON {schema}.attempt, {schema}.event, {schema}.worker TO {role};
        """;

    [Theory]
    [InlineData(StoreAccess.Read)]
    [InlineData(StoreAccess.Write)]
    public void What_is_not_there_is_not_made_by_reading_or_writing(StoreAccess access)
    {
        Fails("JournalNotFound", () => Fixture.Open(access));
        Fails("JournalNotFound", () => Fixture.Open(access));
    }

    [Fact]
    public void A_schema_with_other_tables_or_a_newer_journal_is_left_as_it_is()
    {
        PostgresServer.Shared.Sql($"CREATE SCHEMA {Fixture.Schema}; CREATE TABLE {Fixture.Schema}.task (secret int)");
        Fails("NotAJournal", () => Fixture.Open(StoreAccess.Create));
        PostgresServer.Shared.Sql($"DROP TABLE {Fixture.Schema}.task");
        Batch("a");
        PostgresServer.Shared.Sql($"INSERT INTO {Fixture.Schema}.migration VALUES (99)");
        foreach (var access in Enum.GetValues<StoreAccess>()) Fails("JournalTooNew", () => Fixture.Open(access));
    }

    [Theory]
    [InlineData("Jobs")]
    [InlineData("a \"quoted\" name.with 'all', $user")]
    [InlineData("; DROP SCHEMA public")]
    [InlineData("日本の仕事")]
    [InlineData("public\", \"x")]
    public void A_schema_is_called_as_the_address_says_letter_by_letter(string suffix)
    {
        var schema = (Fixture.Schema[..14] + " " + suffix).TrimEnd();
        var quoted = $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var role = $"\"Role of {schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var secret = PostgresServer.Password.Replace("'", "''", StringComparison.Ordinal);
        PostgresServer.Shared.Sql($"CREATE ROLE {role} LOGIN PASSWORD '{secret}'; GRANT CREATE ON DATABASE postgres TO {role}");
        try
        {
            var location = PostgresServer.Shared.Address(Uri.EscapeDataString(schema), Uri.EscapeDataString("Role of " + schema));
            using var store = Fixture.Engine.Open(new StoreOptions(location, StoreAccess.Create));
            var batch = store.CreateBatch(new NewBatch("named"), Ann);
            store.AddTasks(batch.Id, [New("日本"), New("b")], Ann);
            var task = store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1 }).Claimed[0];
            store.Apply([Complete(task)], Ann);
            store.Optimize();
            Assert.Empty(store.Check());
            Assert.NotEqual(0, store.Describe().Size);
            using var reader = Fixture.Engine.Open(new StoreOptions(location, StoreAccess.Read));
            Assert.Equal(1, reader.FindBatch(batch.Id)!.Completed);
            PostgresServer.Shared.Sql($"DO $$ BEGIN ASSERT (SELECT COUNT(*) FROM {quoted}.task) = 2; ASSERT to_regclass('public.task') IS NULL; ASSERT to_regnamespace('public') IS NOT NULL; END $$");
        }
        finally
        {
            PostgresServer.Shared.Sql($"DROP OWNED BY {role} CASCADE; DROP ROLE {role}");
        }
    }

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public void A_database_that_cannot_hold_every_text_is_refused_and_left_as_it_is(string encoding)
    {
        var database = $"{Fixture.Schema}_{encoding.ToLowerInvariant()}";
        PostgresServer.Shared.Sql($"CREATE DATABASE {database} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        try
        {
            foreach (var access in Enum.GetValues<StoreAccess>())
            {
                var location = PostgresServer.Shared.Address("journal").Replace("/postgres?", $"/{database}?", StringComparison.Ordinal) + "&Pooling=false";
                var error = Assert.Throws<JournalException>(() => Fixture.Engine.Open(new StoreOptions(location, access)));
                Assert.Equal(("UnsupportedEncoding", JournalFault.InvalidArgument, encoding), (error.ErrorId, error.Fault, error.Target as string));
            }

            using var connection = new Npgsql.NpgsqlConnection(PostgresServer.Shared.ConnectionText.Replace("Database=postgres", $"Database={database}", StringComparison.Ordinal));
            connection.Open();
            using var command = new Npgsql.NpgsqlCommand("SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'journal'", connection);
            Assert.Equal(0L, command.ExecuteScalar());
        }
        finally
        {
            PostgresServer.Shared.Sql($"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    [Fact]
    public void A_role_that_may_make_nothing_is_refused_and_what_it_finds_is_left_as_it_is()
    {
        var role = "idle_" + Fixture.Schema;
        PostgresServer.Shared.Sql($"CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password.Replace("'", "''", StringComparison.Ordinal)}'");
        try
        {
            var location = PostgresServer.Shared.Address(Fixture.Schema, role);
            Fails("JournalAccessDenied", () => Fixture.Engine.Open(new StoreOptions(location, StoreAccess.Create)));
            Fails("JournalNotFound", () => Fixture.Engine.Open(new StoreOptions(location, StoreAccess.Write)));
            Batch("a");
            // Without USAGE its tables cannot be seen; that is not the same as no journal.
            foreach (var access in Enum.GetValues<StoreAccess>()) Fails("JournalAccessDenied", () => Fixture.Engine.Open(new StoreOptions(location, access)));
            PostgresServer.Shared.Sql($"GRANT USAGE ON SCHEMA {Fixture.Schema} TO {role}");
            foreach (var access in Enum.GetValues<StoreAccess>()) Fails("JournalAccessDenied", () => Fixture.Engine.Open(new StoreOptions(location, access)));
            Assert.Single(Store.ReadTasks(TaskQuery.All));
        }
        finally
        {
            PostgresServer.Shared.Sql($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    // Trying it, the driver calls the system's Kerberos library at every opening, which aborts a process that is about to end: a run that a signal stops would
    // end with a memory image in place of its code.
    [Theory]
    [InlineData("", Npgsql.GssEncryptionMode.Disable)]
    [InlineData("&gssencmode=prefer", Npgsql.GssEncryptionMode.Prefer)]
    [InlineData("&GSS Encryption Mode=Prefer", Npgsql.GssEncryptionMode.Prefer)]
    public void Kerberos_is_asked_for_encryption_only_where_the_address_says_so(string said, Npgsql.GssEncryptionMode mode)
    {
        var location = PostgresServer.Shared.Address(Fixture.Schema) + said;
        var connections = new Connections(ServerAddress.Parse(location), new StoreOptions(location, StoreAccess.Write));
        using var connection = connections.Open();
        Assert.Equal(mode, new Npgsql.NpgsqlConnectionStringBuilder(connection.ConnectionString).GssEncryptionMode);
    }

    [Fact]
    public void A_reader_changes_nothing()
    {
        Batch("a");
        using var reader = Fixture.Open(StoreAccess.Read);

        Assert.Single(reader.ReadTasks(TaskQuery.All));
        Fails("JournalAccessDenied", () => reader.CreateBatch(new NewBatch("b")));
    }

    [Fact]
    public async Task Many_can_make_the_same_journal_and_the_same_batch_at_once()
    {
        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 6).Select(_ => System.Threading.Tasks.Task.Run(() =>
        {
            using var store = Fixture.Open(StoreAccess.Create);
            store.CreateBatch(new NewBatch("same"));
        })));

        Assert.Equal(6, Store.ReadBatches(new BatchQuery()).Select(static batch => batch.Id).Distinct().Count());
        IsSound();
    }

    [Fact]
    public async Task Many_workers_add_claim_pause_and_resume_at_once_and_the_journal_stays_sound()
    {
        var batch = Batch("first");
        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 6).Select(n => System.Threading.Tasks.Task.Run(() =>
        {
            var me = new WorkerIdentity("host", "space", n, "start", "n");
            for (var i = 0; i < 25; i++)
            {
                // The same keys from everybody, in another order from each.
                Store.AddTasks(batch.Id, [.. Enumerable.Range(0, 8).Select(k => New($"k{i}.{((k * 5) + n) % 8}"))], me);
                var held = Store.Exchange(new ExchangeRequest(me, batch.Id, Lease) { Claim = 5 }).Claimed;
                if (i % 8 == n) PauseAndResume(batch, me);
                var moves = held.Select((task, at) => at % 2 == 0 ? Complete(task, new TaskReport { Quota = 1, QuotaProject = $"p{at}" }) : TaskMove.Release(task.Id, task.Token, "back"));
                Store.Exchange(new ExchangeRequest(me, batch.Id, Lease) { Moves = [.. moves.Reverse()] });
            }
        })));

        Assert.Equal(201, Again(batch).Total);
        Assert.Equal(Again(batch).Completed, Again(batch).QuotaConsumed);
        IsSound();
    }

    [Fact]
    public async Task A_follower_of_the_journal_misses_no_event()
    {
        var batches = Enumerable.Range(0, 4).Select(_ => Batch([.. Enumerable.Range(0, 40).Select(static i => $"k{i}")])).ToList();
        var working = System.Threading.Tasks.Task.WhenAll(batches.Select((batch, n) => System.Threading.Tasks.Task.Run(() =>
        {
            var me = new WorkerIdentity("host", "space", n, "start", "n");
            while (Store.Exchange(new ExchangeRequest(me, batch.Id, Lease) { Claim = 1 }).Claimed is [var task]) Store.Apply([Complete(task)], me);
        })));
        var followed = new List<long>();
        for (var isLast = false; ;)
        {
            isLast = working.IsCompleted;
            followed.AddRange(Store.ReadEvents(new EventQuery { AfterId = followed.Count == 0 ? 0 : followed[^1] }).Select(static e => e.Id));
            if (isLast) break;
        }

        await working;
        Assert.Equal(Store.ReadEvents(new EventQuery()).Select(static e => e.Id), followed);
    }

    [Fact]
    public void A_worker_role_with_the_least_rights_works_and_can_neither_drop_nor_delete_nor_rewrite_history()
    {
        var batch = Batch(["one", "two"], "a", "b");
        var role = "worker_" + Fixture.Schema;
        PostgresServer.Shared.Sql(LeastRights(Fixture.Schema, role));
        try
        {
            using var worker = Fixture.Engine.Open(new StoreOptions(PostgresServer.Shared.Address(Fixture.Schema, role), StoreAccess.Create) { Time = Fixture.Time });
            var own = worker.CreateBatch(new NewBatch("own"), Bob);
            worker.AddTasks(own.Id, [New("x")], Bob);
            var task = worker.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 1 }).Claimed[0];
            worker.AddTempFile(task.Id, "/tmp/x");
            worker.RenewLeases(Bob, batch.Id, Lease);
            worker.SetCheckpoint(batch.Id, "at", "1");
            var turn = worker.Exchange(new ExchangeRequest(Bob, batch.Id, Lease)
            {
                Moves = [TaskMove.Advance(task.Id, task.Token, new TaskReport { Result = "1", Quota = 2 }, null, keepsClaim: true)],
            });
            worker.Apply([TaskMove.Complete(task.Id, turn.Moves[0].Token, TaskReport.Nothing)], Bob);
            worker.Apply([TaskMove.Requeue(task.Id, "again")], Bob);
            worker.ClearTempFiles(task.Id);
            Assert.True(worker.ClearCheckpoint(batch.Id, "at"));
            Assert.Empty(worker.ReadTempFiles(task.Id));
            Assert.Null(worker.ReadResult(task.Id, "one"));
            Assert.Empty(worker.Check());

            Fails("JournalAccessDenied", () => worker.RemoveBatch(batch.Id));
            foreach (var harm in new[] { "DROP TABLE task", "DELETE FROM task", "TRUNCATE event", "UPDATE event SET reason = 'other'", "UPDATE attempt SET outcome = 0", "DROP SCHEMA " + Fixture.Schema + " CASCADE" })
            {
                Assert.Throws<Npgsql.PostgresException>(() => PostgresServer.Shared.Sql($"SET search_path = {Fixture.Schema}; SET ROLE {role}; {harm}"));
            }

            Assert.Equal(2, Again(batch).Total);
        }
        finally
        {
            PostgresServer.Shared.Sql($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public void Leases_run_by_the_servers_clock()
    {
        using var store = Fixture.Engine.Open(new StoreOptions(Fixture.Location, StoreAccess.Create));
        var batch = store.CreateBatch(new NewBatch("a"));
        store.AddTasks(batch.Id, [New("a")]);

        var task = store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1 }).Claimed[0];

        Assert.InRange(task.LeaseUntil!.Value, batch.CreatedAt + Lease, store.Now + Lease);
        PostgresServer.Shared.Sql($"UPDATE {Fixture.Schema}.task SET lease_until = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 1");
        Assert.True(Assert.Single(store.ReadInFlight(batch.Id)).LeaseExpired);
    }

    [Fact]
    public void A_journal_moves_from_a_file_to_a_server_and_back_without_loss()
    {
        using var files = new SqliteFixture();
        using var back = new SqliteFixture();
        var batch = Lived(files.Store);
        files.Store.SetCheckpoint(null, "global", "[1]");

        Copy(files.Store, Store);
        Copy(Store, back.Store);
        Copy(Store, back.Store);

        Assert.Equal(Everything(files.Store, batch), Everything(Store, batch));
        Assert.Equal(Everything(files.Store, batch), Everything(back.Store, batch));
        Assert.Equal("[1]", back.Store.FindCheckpoint(null, "global")!.Json);
        IsSound();
        Assert.Empty(back.Store.Check());
    }

    [Theory]
    [InlineData("postgresql://ann:s3cret@db.example:6432/jobs?sslmode=verify-full&schema=nightly", "postgresql://ann@db.example:6432/jobs?sslmode=verify-full&schema=nightly", "s3cret")]
    [InlineData("postgres://ann:p%40ss%2Fw@db/jobs", "postgres://ann@db/jobs", "p@ss/w")]
    [InlineData("postgresql://ann:p@ss/w?rd@db/jobs", "postgresql://ann@db/jobs", "p@ss/w?rd")]
    [InlineData("postgresql://ann@db:s3cret@db/jobs", "postgresql://ann@db@db/jobs", "s3cret")]
    [InlineData("postgresql://ann@[::1]:6432/jobs?application_name=a@b", "postgresql://ann@[::1]:6432/jobs?application_name=a@b", null)]
    [InlineData("postgresql://db:6432/jobs?user=ann&password=s3cret&schema=x", "postgresql://db:6432/jobs?user=ann&schema=x", "s3cret")]
    [InlineData("postgresql://db/jobs?schema=x&password=s3cret", "postgresql://db/jobs?schema=x", "s3cret")]
    [InlineData("postgresql:///jobs?host=/run/postgresql", "postgresql:///jobs?host=/run/postgresql", null)]
    [InlineData("Host=db;Username=ann;Password='s3;cret';Database=jobs", "Host=db;Username=ann;Database=jobs", "s3;cret")]
    [InlineData("host=db; pwd = s3cret", "host=db", "s3cret")]
    public void A_password_in_an_address_is_used_and_never_shown(string location, string shown, string? password)
    {
        var address = ServerAddress.Parse(location);

        Assert.Equal((shown, password), (address.Shown, address.Settings.Password is { Length: > 0 } found ? found : null));
    }

    [Fact]
    public void An_address_says_what_libpq_and_the_driver_say()
    {
        var address = ServerAddress.Parse("postgresql://ann@db.example:6432/jobs?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=3&application_name=night&schema=nightly&Maximum Pool Size=7");
        var settings = address.Settings;

        Assert.Equal(("db.example", 6432, "jobs", "ann"), (settings.Host, settings.Port, settings.Database, settings.Username));
        Assert.Equal((Npgsql.SslMode.VerifyFull, "/ca.pem", 3, "night"), (settings.SslMode, settings.RootCertificate, settings.Timeout, settings.ApplicationName));
        Assert.Equal(("nightly", 7, "journal"), (address.Schema, settings.MaxPoolSize, ServerAddress.Parse("Host=db").Schema));
        Fails("UnsupportedJournal", () => ServerAddress.Parse("Host=db;Nonsense=1"));
    }

    [Fact]
    public void A_service_file_says_what_the_address_leaves_open()
    {
        var path = System.IO.Path.GetTempFileName();
        File.WriteAllText(path, $"[other]\nhost=elsewhere\n\n# ours\n[jobs]\nhost=127.0.0.1\nport={PostgresServer.Shared.Port}\nuser=journal\npassword={PostgresServer.Password}\ndbname=postgres\n");
        Environment.SetEnvironmentVariable("PGSERVICEFILE", path);
        try
        {
            var settings = ServerAddress.Parse("postgresql:///?service=jobs&user=ann").Settings;
            Assert.Equal(("127.0.0.1", "ann", PostgresServer.Password), (settings.Host, settings.Username, settings.Password));
            using var store = Fixture.Engine.Open(new StoreOptions($"Service=jobs;Search Path={Fixture.Schema}", StoreAccess.Create));
            Assert.DoesNotContain(PostgresServer.Password, store.Location, StringComparison.Ordinal);
            Fails("UnsupportedJournal", () => ServerAddress.Parse("postgresql:///?service=none"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGSERVICEFILE", null);
            File.Delete(path);
        }
    }

    [Fact]
    public void A_wrong_password_is_told_without_it()
    {
        PostgresServer.Shared.Sql($"SELECT 1");
        var address = PostgresServer.Shared.Address(Fixture.Schema).Replace("journal@", "journal:not-this-one@", StringComparison.Ordinal);

        var error = Assert.Throws<JournalException>(() => Fixture.Engine.Open(new StoreOptions(address, StoreAccess.Create)));

        Assert.Equal("JournalAccessDenied", error.ErrorId);
        Assert.DoesNotContain("not-this-one", error.ToString() + error.Target, StringComparison.Ordinal);
    }

    // The others may have ended it in the same moment.
    private void PauseAndResume(JournalBatch batch, WorkerIdentity me)
    {
        try
        {
            Store.Apply(batch.Id, BatchMove.Pause("busy"), me);
            Store.Apply(batch.Id, BatchMove.Resume("on"), me);
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.IllegalBatchMove))
        {
        }
    }

    private JournalBatch Lived(IJournalStore store)
    {
        var batch = store.CreateBatch(new NewBatch("lived") { Stages = JsonList.From(["Get", "Put"]), Settings = JsonMap.From([new("q", 1)]), SourceType = "String" }, Ann);
        store.AddTasks(batch.Id, [.. Enumerable.Range(0, 6).Select(static i => New($"k{i}") with { Priority = -i, Weight = i, Metadata = JsonMap.From([new("n", i)]) })], Ann);
        var tasks = store.Exchange(new ExchangeRequest(Bob, batch.Id, Lease) { Claim = 4 }).Claimed;
        store.Apply(
            [
                TaskMove.Advance(tasks[0].Id, tasks[0].Token, new TaskReport { Result = "7", Outputs = ["/a"] }, Second, keepsClaim: false),
                Fail(tasks[1], Broken with { Message = "nul \0 in it" }), TaskMove.Skip(tasks[2].Id, tasks[2].Token, "no need"),
                TaskMove.Retry(tasks[3].Id, tasks[3].Token, Broken, new TaskReport { Quota = 2, QuotaProject = "p" }, store.Now + Lease, Second, "later"),
            ],
            Bob);
        store.SetCheckpoint(batch.Id, "at", """{"x":1}""");
        store.Apply(batch.Id, BatchMove.Pause("Lunch"), Ann);
        return store.FindBatch(batch.Id)!;
    }

    private static void Copy(IJournalStore from, IJournalStore to)
    {
        Assert.Single(JournalCopy.Batches(from, to, from.ReadBatches(new BatchQuery()), null, CancellationToken.None));
        JournalCopy.Checkpoints(from, to);
    }

    private static List<string> Everything(IJournalStore store, JournalBatch batch)
    {
        var lines = new List<string>();
        var found = store.FindBatch(batch.Id)!;
        lines.Add($"{found.Name} {found.Status} {found.PauseReason} {found.Counts} {found.Settings} {found.Stages} {found.CreatedAt:O} {found.StartedAt:O} {found.QuotaConsumed}");
        foreach (var whole in FullReader.ReadTasks(store, found))
        {
            var t = whole.Task;
            lines.Add($"{t.Key} {t.Status} {t.Stage} {t.Priority} {t.Weight} {t.Attempts} {t.NotBefore:O} {t.ErrorCategory} {t.ErrorMessage} {t.Signature} {t.StoredInput} {t.Outputs} {t.Metadata} {t.Duration} {t.StartedAt:O} {t.EndedAt:O} {t.UpdatedAt:O} {t.QuotaConsumed} {t.QuotaProject} {t.Worker}");
            lines.AddRange(whole.Attempts.Select(static a => $"  {a.Number} {a.Stage} {a.Worker} {a.StartedAt:O} {a.EndedAt:O} {a.Outcome} {a.ErrorMessage} {a.ErrorId} {a.ScriptStackTrace} {a.Log}"));
            lines.AddRange(whole.Events.Select(static e => $"  {e.At:O} {e.Kind} {e.From} {e.To} {e.Stage} {e.Worker} {e.Reason}"));
            lines.AddRange(whole.Results.Select(static r => $"  {r.Stage} {r.Json}"));
        }

        // Each import tells of itself with one event more.
        lines.AddRange(store.ReadEvents(new EventQuery { BatchIds = [batch.Id] }).Where(static e => e.TaskId is null && e.Reason?.Contains("imported", StringComparison.Ordinal) != true).Select(static e => $"{e.At:O} {e.Kind} {e.From} {e.To} {e.Reason}"));
        lines.AddRange(store.ReadCheckpoints(batch.Id).Select(static c => $"{c.Name} {c.Json} {c.UpdatedAt:O}"));
        return lines;
    }
}
