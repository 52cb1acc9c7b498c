using Journal.Lifecycle;
using Journal.Storage.Tests.Support;

namespace Journal.Storage.Tests.Postgres;

/// <summary>A test that changes the environment of the process, by which others find their server.</summary>
[CollectionDefinition(nameof(PostgresPasswordTests), DisableParallelization = true)]
public sealed class AloneWithTheEnvironment;

/// <summary>Where a password comes from when the address has none; and that it goes nowhere. The server wants one (scram-sha-256).</summary>
[Collection(nameof(PostgresPasswordTests))]
public sealed class PostgresPasswordTests : StoreTest<PostgresFixture>
{
    // A passfile escapes colons and backslashes.
    private const string Secret = @"pass:fi\le 'word'";

    private static readonly string[] Names = ["PGPASSWORD", "PGPASSFILE", "PGSERVICEFILE", "PGSERVICE"];

    private readonly string _directory = Directory.CreateTempSubdirectory("journal-pass-").FullName;
    private readonly Dictionary<string, string?> _before;
    private readonly string _user;

    public PostgresPasswordTests()
    {
        _user = $"pass_{Fixture.Schema[^8..]}";
        PostgresServer.Shared.Sql($"CREATE ROLE {_user} LOGIN PASSWORD '{Secret.Replace("'", "''", StringComparison.Ordinal)}'; GRANT CREATE ON DATABASE postgres TO {_user}");
        _before = Names.ToDictionary(static name => name, Environment.GetEnvironmentVariable);
        foreach (var name in Names) Environment.SetEnvironmentVariable(name, null);
    }

    private string Address => PostgresServer.Shared.Address(Fixture.Schema, _user);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_password_the_server_lets_nobody_in_and_that_is_no_server_out_of_reach(bool isThere)
    {
        var passfile = Path("none");
        if (isThere) File.WriteAllText(passfile, "elsewhere:*:*:*:no\n");
        Environment.SetEnvironmentVariable("PGPASSFILE", passfile);
        Fails("JournalAccessDenied", () => Open(Address));
    }

    [Fact]
    public void It_comes_from_the_passfile_that_the_environment_names()
    {
        Environment.SetEnvironmentVariable("PGPASSFILE", Passfile(Secret));
        Works(Address);
    }

    [Theory]
    [InlineData("{0}&passfile={1}")]
    [InlineData("Host=127.0.0.1;Port={2};Username={3};Database=postgres;Search Path={4};Passfile={1}")]
    public void It_comes_from_the_passfile_that_the_address_names(string address) =>
        Works(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, Address, Passfile(Secret), PostgresServer.Shared.Port, _user, Fixture.Schema));

    [Theory]
    [InlineData("password={0}")]
    [InlineData("passfile={1}")]
    public void It_comes_from_the_service_file(string line)
    {
        var service = Path("pg_service.conf");
        var setting = string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Secret, Passfile(Secret));
        File.WriteAllText(service, $"[jobs]\nhost=127.0.0.1\nport={PostgresServer.Shared.Port}\nuser={_user}\ndbname=postgres\n{setting}\n");
        Environment.SetEnvironmentVariable("PGSERVICEFILE", service);
        Works($"postgresql:///?service=jobs&schema={Fixture.Schema}");
        Environment.SetEnvironmentVariable("PGSERVICE", "jobs");
        Works($"postgresql:///?schema={Fixture.Schema}");
    }

    [Fact]
    public void A_wrong_one_in_the_passfile_is_told_without_it()
    {
        Environment.SetEnvironmentVariable("PGPASSFILE", Passfile("not-this-one"));

        var error = Assert.Throws<JournalException>(() => Open(Address));

        Assert.Equal("JournalAccessDenied", error.ErrorId);
        Assert.DoesNotContain("not-this-one", error.ToString() + error.Target, StringComparison.Ordinal);
    }

    // And what the journal says of itself, and of what happens in it, has nothing of the password.
    private void Works(string address)
    {
        using var store = Open(address);
        var batch = store.CreateBatch(new NewBatch("a"), Ann);
        store.AddTasks(batch.Id, [New("a")], Ann);
        var task = store.Exchange(new ExchangeRequest(Ann, batch.Id, Lease) { Claim = 1 }).Claimed.Single();
        store.Apply([TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing)], Ann);
        var said = string.Join(
            '\n',
            [
                store.Location, $"{store.Describe()}", $"{store.RequireBatch(batch.Id)} {store.RequireBatch(batch.Id).JournalPath}", $"{store.RequireTask(task.Id)} {store.RequireTask(task.Id).JournalPath}",
                .. store.ReadEvents(new EventQuery()).Select(static e => $"{e.Kind} {e.Worker} {e.Reason} {e.JournalPath}"),
                Assert.Throws<JournalException>(() => store.RequireBatch("nobody")).ToString(),
                .. store.Check(),
            ]);
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
        Assert.DoesNotContain("word'", said, StringComparison.Ordinal);
    }

    private IJournalStore Open(string address) => Fixture.Engine.Open(new StoreOptions(address, StoreAccess.Create));

    private string Passfile(string password)
    {
        var path = Path("pgpass");
        var escaped = password.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal);
        File.WriteAllText(path, $"# not this\nelsewhere:*:*:*:no\n127.0.0.1:{PostgresServer.Shared.Port}:postgres:{_user}:{escaped}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private string Path(string name) => System.IO.Path.Combine(_directory, name);

    protected override void CleanUp()
    {
        foreach (var (name, value) in _before) Environment.SetEnvironmentVariable(name, value);
        Npgsql.NpgsqlConnection.ClearAllPools();
        PostgresServer.Shared.Sql($"DROP OWNED BY {_user} CASCADE; DROP ROLE {_user}");
        Directory.Delete(_directory, recursive: true);
    }
}
