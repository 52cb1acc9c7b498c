using Journal.Torture;
using Journal.Torture.Checking;
using Journal.Torture.Grounds;
using Journal.Torture.Injuring;
using Journal.Torture.Working;

namespace Journal.Reliability.Tests.Torture;

/// <summary>A short torture in every run of the suite, and the proof that its checker can see.</summary>
public sealed class TortureTests
{
    // The first one's workers are in other places, too, where the machine has them. The faults of the second are those that damage files: a run of this
    // seed once ended with a repaired journal that held what no journal writes.
    [Theory]
    [InlineData(2026, 1)]
    [InlineData(777, 5)]
    public void Workers_that_are_killed_and_frozen_lose_nothing(int seed, int round)
    {
        if (!OperatingSystem.IsLinux()) return;
        var told = new List<string>();
        var options = new TortureOptions(TimeSpan.Zero, Rounds: 1, seed, Mounts: false) { First = round, Generation = TimeSpan.FromSeconds(2) };

        var tally = TortureRun.Run(options, told.Add, CancellationToken.None);

        Assert.True(tally.Violations == 0, $"./build.sh torture -Seed {seed} -First {round} -Rounds 1 -NoMount\n{string.Join('\n', told)}");
        Assert.True(tally.Kills > 0 && tally.Freezes > 0);
        if (round == 1 && WorkerPlace.Others.Count > 0) Assert.True(tally.Workers.Count > 1, "Nobody worked elsewhere.");
    }

    [Fact]
    public void A_seed_makes_the_same_plan_in_every_process() => Assert.Equal([1382372456, 1532188458], [Dice.Of(777, 11).Next(), Dice.Of(2026, 1).Next()]);

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
        { "UPDATE task SET limit_key = 'a'; UPDATE batch SET options = '{\"concurrencyLimit\":1}'", "of one key" },
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
                foreach (var statement in harm.Split(';')) database.Rows(statement);
            }

            Assert.Contains(JournalChecker.Check(path, new Tally(), keys: Keys), problem => problem.Contains(word, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    // Reports into a file that was set aside, and what a repair must have taken over of them.
    [Theory]
    [InlineData("sound", "")]
    [InlineData("nowhere", "which is nowhere")]
    [InlineData("not in the old file", "old.db: Attempt 999 of task")]
    [InlineData("not in the new file", "new.db: Attempt")]
    [InlineData("restored", "")]
    [InlineData("task lost", "old.db: The task 'later' is lost")]
    public void The_checker_sees_a_report_that_is_not_in_the_file_into_which_it_was_made(string lie, string word)
    {
        var folder = Directory.CreateTempSubdirectory("journal-checker-").FullName;
        try
        {
            var (old, made) = (Path.Combine(folder, "old.db"), Path.Combine(folder, "new.db"));
            Damage.SampleJournal.Make(old);
            long[] attempt;
            using (var database = new RawFile(old)) attempt = database.Numbers("SELECT task, number FROM attempt WHERE outcome = 0 ORDER BY task LIMIT 1").Single();
            File.Copy(old, made);
            if (lie is "not in the new file" or "restored")
            {
                using var database = new RawFile(made);
                database.Rows($"DELETE FROM attempt WHERE task = {attempt[0]}");
            }

            var ledger = new LedgerLines { Recorded = { (attempt[0], lie == "not in the old file" ? 999 : attempt[1], 0) } };
            if (lie == "task lost") ledger.Added.Add("later");
            var ledgers = new Dictionary<string, LedgerLines> { [lie == "nowhere" ? "8:9" : "8:1"] = ledger };
            KeptFile[] files = [new(old, "8:1", WasRepaired: lie != "restored"), new(made, "8:2", WasRepaired: false)];

            var problems = SuccessionChecker.Check(files, ledgers, [.. Keys], new Tally(), null, static file => new RawFile(file.Path))
                .Where(static problem => !problem.Contains("history", StringComparison.Ordinal) && !problem.Contains("not recorded", StringComparison.Ordinal)).ToList();

            if (word.Length > 0) Assert.Contains(problems, problem => problem.Contains(word, StringComparison.Ordinal));
            else Assert.DoesNotContain(problems, static problem => problem.Contains("reported", StringComparison.Ordinal) || problem.Contains("nowhere", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_worker_says_which_file_it_has_open()
    {
        var ledger = Path.Combine(Directory.CreateTempSubdirectory("journal-ledger-").FullName, "ledger");
        try
        {
            using (var lines = new Ledger(ledger))
            {
                lines.Opened("8:1");
                lines.Hold(2);
                lines.Hold(-1);
                lines.Added("later");
            }

            Assert.Equal(1, Ledger.HeldBy(ledger));
            var (identity, said) = Assert.Single(LedgerLines.ByFile([ledger]));
            Assert.Equal("8:1", identity);
            Assert.Equal(["later"], said.Added);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(ledger)!, recursive: true);
        }
    }

    [Fact]
    public void Every_fault_has_its_turn() => Assert.Equal(Enum.GetValues<Fault>()[1..], FileGround.AllFaults.Union(ServerGround.AllFaults).Order());

    /// <summary>The keys of a sample journal.</summary>
    internal static IEnumerable<string> Keys => Enumerable.Range(0, 400).Select(static n => $"/photos/{n:d5}.jpg");
}
