using Journal.Torture;
using Journal.Torture.Checking;
using Journal.Torture.Grounds;
using Journal.Torture.Injuring;

namespace Journal.Reliability.Tests.Torture;

/// <summary>A short torture in every run of the suite, and the proof that its checker can see.</summary>
public sealed class TortureTests
{
    [Fact]
    public void Workers_that_are_killed_and_frozen_lose_nothing()
    {
        if (!OperatingSystem.IsLinux()) return;
        var told = new List<string>();

        var tally = TortureRun.Run(new TortureOptions(TimeSpan.Zero, Rounds: 1, Seed: Environment.TickCount, Mounts: false), told.Add, CancellationToken.None);

        Assert.True(tally.Violations == 0, string.Join('\n', told));
        Assert.True(tally.Kills > 0);
    }

    /// <summary>Lies to plant in a sample journal, and a word of what the checker says then; both engines take them.</summary>
    public static TheoryData<string, string> Lies { get; } = new()
    {
        { "DELETE FROM task WHERE id = 300", "lost" },
        { "UPDATE task SET status = 2, ended_at = 1, lease_until = NULL WHERE id = (SELECT id FROM task WHERE status = 1 LIMIT 1)", "history ends" },
        { "UPDATE batch SET completed = completed + 1 WHERE no = 1", "counts" },
        { "UPDATE batch SET status = 2 WHERE no = 1", "history ends" },
        { "DELETE FROM attempt WHERE task = 5", "not recorded" },
        { "INSERT INTO event SELECT 9000, at, batch, task, kind, from_status, to_status, stage, worker, reason FROM event WHERE kind = 21 LIMIT 1", "takes it from" },
        { "DELETE FROM worker", "worker" },
        { "UPDATE task SET attempts = 9 WHERE id = 3", "attempts" },
        { "UPDATE quota SET consumed = 0", "quota" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void The_checker_sees_what_is_wrong(string harm, string word)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("journal-checker-").FullName, "journal.db");
        try
        {
            Damage.SampleJournal.Make(path);
            Assert.Empty(JournalChecker.Check(path, new Tally(), keys: Keys));
            using (var database = new RawFile(path))
            {
                database.Rows("PRAGMA ignore_check_constraints = ON");
                database.Rows("PRAGMA foreign_keys = OFF");
                database.Rows(harm);
            }

            Assert.Contains(JournalChecker.Check(path, new Tally(), keys: Keys), problem => problem.Contains(word, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Every_fault_has_its_turn() => Assert.Equal(Enum.GetValues<Fault>()[1..], FileGround.AllFaults.Union(ServerGround.AllFaults).Order());

    /// <summary>The keys of a sample journal.</summary>
    internal static IEnumerable<string> Keys => Enumerable.Range(0, 400).Select(static n => $"/photos/{n:d5}.jpg");
}
