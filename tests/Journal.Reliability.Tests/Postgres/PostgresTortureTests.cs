using Journal.Postgres;
using Journal.Reliability.Tests.Damage;
using Journal.Reliability.Tests.Torture;
using Journal.Storage;
using Journal.Testing;
using Journal.Torture;
using Journal.Torture.Checking;

namespace Journal.Reliability.Tests.Postgres;

/// <summary>A short torture of a server's journal, and the proof that its checker can see there.</summary>
public sealed class PostgresTortureTests
{
    [PostgresFact]
    public void Workers_and_servers_that_are_killed_and_frozen_lose_nothing()
    {
        var told = new List<string>();

        var tally = TortureRun.Run(
            new TortureOptions(TimeSpan.Zero, Rounds: 1, Seed: 2026, Mounts: false, OnServer: true) { Generation = TimeSpan.FromSeconds(3) }, told.Add, CancellationToken.None);

        Assert.True(tally.Violations == 0, string.Join('\n', told));
        Assert.True(tally.Kills > 0 && tally.Faults > 0);
    }

    [PostgresTheory]
    [MemberData(nameof(TortureTests.Lies), MemberType = typeof(TortureTests))]
    public void The_checker_sees_what_is_wrong_on_a_server(string harm, string word)
    {
        var server = PostgresServer.Shared;
        var schema = $"checker_{Guid.NewGuid():n}";
        using (var store = new PostgresStoreFactory().Open(new StoreOptions(server.Address(schema), StoreAccess.Create))) SampleJournal.Fill(store);
        try
        {
            Assert.Empty(Check());
            server.Sql($"SET search_path = {schema}; {harm}");
            Assert.Contains(Check(), problem => problem.Contains(word, StringComparison.Ordinal));
        }
        finally
        {
            server.Sql($"DROP SCHEMA {schema} CASCADE");
        }

        IReadOnlyList<string> Check()
        {
            using var database = new RawServer(server.ConnectionText, schema);
            return JournalChecker.Check(database, new Tally(), keys: TortureTests.Keys);
        }
    }
}
