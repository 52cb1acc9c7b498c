using System.Globalization;
using Journal.Sqlite;
using Journal.Sqlite.Opening;
using Journal.Storage;
using Journal.Torture.Injuring;

namespace Journal.Torture.Working;

/// <summary>
/// Cares for a journal while others work with it: repairs, restores, optimizes, copies and moves it, gives it other names, and dies at steps of it.
/// </summary>
/// <remarks>Nothing is ever deleted that a worker may have reported into, so that the checker can look for each report.</remarks>
internal sealed class CarerWorker(WorkerOrder order, Ledger ledger)
{
    public const string Repaired = ".repaired-", Restored = ".restored-";

    private const int MostFiles = 12;
    private const string BackupStart = "kept";

    // The disk is full; others hold the journal, or are at it, or found it away for the moment.
    private static readonly string[] Refusals =
        [nameof(JournalErrors.JournalWriteFailed), nameof(JournalErrors.JournalInUse), nameof(JournalErrors.CareUnderWay), nameof(JournalErrors.JournalBusy), nameof(JournalErrors.JournalReplaced)];

    private readonly Random _dice = Dice.Of(order.Seed);
    private readonly SqliteStoreFactory _factory = new();
    private readonly string _folder = Path.GetDirectoryName(order.Journal)!;

    private string BackupFolder => Path.Combine(_folder, "backups");

    private StoreOptions Options => new(order.Journal, StoreAccess.Write);

    public int Run()
    {
        Directory.CreateDirectory(BackupFolder);
        SetRight(order.Journal);
        var step = _dice.Next(3) == 0 ? _dice.Next(1, 12) : 0;
        FileSwap.BeforeStep = _ =>
        {
            if (--step == 0) Native.Die();
        };
        while (true)
        {
            ledger.Hold(1);
            try
            {
                if (Care() is { } code) return code;
            }
            catch (JournalException e) when (Refusals.Contains(e.ErrorId))
            {
                // It was told so, which is all that it may ask for.
            }

            ledger.Hold(-1);
            Thread.Sleep(_dice.Next(20, 300));
        }
    }

    /// <summary>Ends what a carer has begun that was killed: the journal gets its name back, and has no other.</summary>
    public static void SetRight(string journal)
    {
        var elsewhere = Elsewhere(journal);
        File.Delete(Path.Combine(elsewhere, "second name"));
        // The file itself comes last: while it is away nobody opens anything, and its log waits for it.
        foreach (var end in new[] { "-shm", "-wal", "" })
        {
            if (File.Exists(Path.Combine(elsewhere, "journal.db" + end))) File.Move(Path.Combine(elsewhere, "journal.db" + end), journal + end, overwrite: end.Length > 0);
        }
    }

    private static string Elsewhere(string journal) => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(journal)!, "elsewhere")).FullName;

    private int? Care()
    {
        var room = Directory.GetFiles(_folder, "*" + Repaired + "*").Length + Directory.GetFiles(_folder, "*" + Restored + "*").Length < MostFiles * 2;
        switch (_dice.Next(9))
        {
            case 0 or 1 when room: _factory.Repair(Options with { Access = StoreAccess.Create }, Aside(Repaired), force: true); break;
            case 2 when room && Backups().LastOrDefault() is { } backup: _factory.Restore(Options, backup, Aside(Restored), force: true); break;
            case 3: _factory.Repair(Options with { Access = StoreAccess.Create }, Aside(Repaired)); break;
            case 4: using (var store = _factory.Open(Options)) store.Optimize(); break;
            case 5: MoveAway(); break;
            case 6: GiveSecondName(); break;
            case 7: BackUp(); break;
            default: return Look();
        }

        return null;
    }

    private string Aside(string kind) => order.Journal + kind + DateTime.UtcNow.Ticks.ToString("d20", CultureInfo.InvariantCulture);

    private IEnumerable<string> Backups() => Directory.GetFiles(BackupFolder, BackupStart + "*.db").Order(StringComparer.Ordinal);

    private void BackUp()
    {
        var path = Path.Combine(BackupFolder, string.Create(CultureInfo.InvariantCulture, $"{BackupStart}{DateTime.UtcNow.Ticks:d20}.db"));
        using (var store = _factory.Open(Options)) store.BackUp(path);
        foreach (var older in Backups().SkipLast(2)) File.Delete(older);
        ledger.BackedUp(path);
    }

    private void MoveAway()
    {
        var elsewhere = Elsewhere(order.Journal);
        foreach (var end in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(order.Journal + end)) File.Move(order.Journal + end, Path.Combine(elsewhere, "journal.db" + end));
        }

        Thread.Sleep(_dice.Next(100));
        SetRight(order.Journal);
    }

    private void GiveSecondName()
    {
        Native.Link(order.Journal, Path.Combine(Elsewhere(order.Journal), "second name"));
        Thread.Sleep(_dice.Next(50));
        SetRight(order.Journal);
    }

    // Through a link, and by a way around.
    private int? Look()
    {
        using var store = _factory.Open(new StoreOptions(_dice.Next(2) == 0 ? LinkTo(order.Journal) : Path.Combine(_folder, "elsewhere", "..", "journal.db"), StoreAccess.Read));
        _ = store.ReadTasks(TaskQuery.All).Count();
        var problems = store.Check();
        if (problems.Count == 0) return null;
        foreach (var problem in problems) Console.Error.WriteLine(problem);
        return WorkerProgram.CheckFailed;
    }

    /// <summary>A symbolic link to a journal, in another folder.</summary>
    public static string LinkTo(string journal)
    {
        var link = Path.Combine(Elsewhere(journal), "link.db");
        if (!Path.Exists(link))
        {
            var made = link + Guid.NewGuid().ToString("n");
            File.CreateSymbolicLink(made, journal);
            File.Move(made, link, overwrite: true);
        }

        return link;
    }
}
