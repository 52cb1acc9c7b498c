using Journal.Sqlite;
using Journal.Storage;
using Journal.Torture.Checking;
using Journal.Torture.Injuring;
using Journal.Torture.Working;

namespace Journal.Torture.Grounds;

/// <summary>A file, on a small disk of its own where that is allowed.</summary>
internal sealed class FileGround : IGround
{
    private static readonly TimeSpan ClockError = TimeSpan.FromHours(1);
    private static readonly string[] Refusals =
        [nameof(JournalErrors.JournalWriteFailed), nameof(JournalErrors.JournalAccessDenied), nameof(JournalErrors.JournalCorrupt), nameof(JournalErrors.NotAJournal)];

    // What a run is told whose journal is moved, exchanged or being exchanged.
    private static readonly string[] AwayOrOther = [nameof(JournalErrors.JournalReplaced), nameof(JournalErrors.JournalNotFound), nameof(JournalErrors.JournalBusy)];

    private readonly string _directory;
    private readonly Random _dice;
    private readonly SmallDisk _disk;
    private int _repairs;
    private bool _isFilling;

    public FileGround(string directory, Random dice, bool mounts)
    {
        _directory = directory;
        _dice = dice;
        _disk = new SmallDisk(Path.Combine(directory, "disk"), mounts);
        // Others may look in, so that it is the journal's own mode that keeps them out.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
    }

    public static IReadOnlyList<Fault> AllFaults { get; } =
    [
        Fault.ClockForward, Fault.LogDeleted, Fault.Care, Fault.DiskFull, Fault.LogCut, Fault.Elsewhere, Fault.FileLimit, Fault.PageZeroed,
        Fault.NoPermission, Fault.Care, Fault.LogFlipped, Fault.ClockBack, Fault.SectorScrambled, Fault.IndexDeleted,
    ];

    public IReadOnlyList<Fault> Faults => AllFaults;

    private string JournalPath => Path.Combine(_disk.Directory, "journal.db");

    public IJournalStore Create() => new SqliteStoreFactory().Open(new StoreOptions(JournalPath, StoreAccess.Create));

    public WorkerOrder Equip(WorkerOrder order, Fault fault)
    {
        var place = fault == Fault.Elsewhere && WorkerPlace.Others.Count > 0 ? WorkerPlace.Others[_dice.Next(WorkerPlace.Others.Count)] : WorkerPlace.Here;
        // An operator makes copies beside the journal, in a folder that is no stranger's.
        if (place.IsStranger && order.Manner == WorkerManner.Operator) place = WorkerPlace.Here;
        if (place.IsStranger) Ledger.OpenToAll(order.Ledger);
        return Order(order with { Place = place }, fault);
    }

    private WorkerOrder Order(WorkerOrder order, Fault fault) => order with
    {
        Journal = fault == Fault.Care && order.Manner != WorkerManner.Carer && _dice.Next(3) == 0 ? CarerWorker.LinkTo(JournalPath) : JournalPath,
        Normal = _dice.Next(2) == 0,
        ClockError = fault switch
        {
            Fault.ClockForward => ClockError * _dice.NextDouble(),
            Fault.ClockBack => ClockError * -_dice.NextDouble(),
            _ => order.ClockError,
        },
        FileLimit = fault == Fault.FileLimit || (fault == Fault.DiskFull && !_disk.IsMounted) ? FilesNow() + _dice.Next(400_000) : 0,
        User = fault == Fault.NoPermission && Native.IsRoot && _dice.Next(2) == 0 ? WorkerPlace.Nobody : 0,
    };

    public IReadOnlyCollection<string> Excuses(Fault fault) => fault switch
    {
        Fault.DiskFull or Fault.FileLimit or Fault.NoPermission => Refusals,
        Fault.Care when _isFilling => [.. AwayOrOther, nameof(JournalErrors.JournalWriteFailed), nameof(JournalErrors.JournalAccessDenied)],
        Fault.Care => AwayOrOther,
        _ => [],
    };

    public int Begin(Fault fault)
    {
        if (fault == Fault.DiskFull && _disk.IsMounted) _disk.Fill(_dice.Next(16, 1500) * 1024L);
        if (fault == Fault.Elsewhere) GiveTo(WorkerPlace.Nobody);
        _isFilling = fault == Fault.Care && _disk.IsMounted && _dice.Next(2) == 0;
        return fault is Fault.Elsewhere or Fault.ClockForward or Fault.ClockBack or Fault.DiskFull or Fault.FileLimit or Fault.NoPermission or Fault.Care ? 1 : 0;
    }

    public int Strike(Fault fault)
    {
        if (fault == Fault.Elsewhere && WorkerPlace.Others.Count > 0) WorkerPlace.StepClock(ClockError * ((2 * _dice.NextDouble()) - 1));
        if (!_isFilling) return 0;
        // Full for an instant again and again: who cares for a journal shall begin, and not be able to end.
        _disk.Empty();
        if (_dice.Next(2) != 0) return 0;
        _disk.Fill(_dice.Next(2000) * 1024L);
        return 1;
    }

    public int End(Fault fault)
    {
        _disk.Empty();
        if (fault == Fault.Elsewhere) GiveTo(0);
        if (fault == Fault.Care)
        {
            CarerWorker.SetRight(JournalPath);
            // Whoever opens it next ends what a carer has left.
            new SqliteStoreFactory().Open(new StoreOptions(JournalPath, StoreAccess.Write)).Dispose();
        }

        return FileDamage.Do(fault, JournalPath, _dice) ? 1 : 0;
    }

    public bool LosesCommits(Fault fault) => FileDamage.LosesCommits(fault);

    /// <summary>A copy, so that the log that the dead left behind is the journal's own to deal with.</summary>
    public RawDatabase Look() => new RawFile(CopyTo(Path.Combine(_directory, "check")));

    public bool ProductSeesDamage()
    {
        try
        {
            using var store = new SqliteStoreFactory().Open(new StoreOptions(CopyTo(Path.Combine(_directory, "check")), StoreAccess.Read));
            return store.Check().Count > 0;
        }
        catch (JournalException e)
        {
            return e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal);
        }
    }

    public IReadOnlyList<string> Repair()
    {
        var factory = new SqliteStoreFactory();
        factory.Repair(new StoreOptions(JournalPath, StoreAccess.Create), Path.Combine(_directory, $"corrupt{_repairs++}"));
        using var store = factory.Open(new StoreOptions(JournalPath, StoreAccess.Write));
        return store.Check();
    }

    public IReadOnlyList<KeptFile> FilesInOrder() =>
    [
        .. Directory.GetFiles(_disk.Directory, "journal.db.re*-*").Where(static path => char.IsAsciiDigit(path[^1]))
            .OrderBy(static path => path[(path.LastIndexOf('-') + 1)..], StringComparer.Ordinal)
            .Append(JournalPath)
            .Select(static path => new KeptFile(path, OpenFile.Of(path)!, path.Contains(CarerWorker.Repaired, StringComparison.Ordinal))),
    ];

    public RawDatabase Look(KeptFile file) => new RawFile(CopyTo(Path.Combine(_directory, "check"), file.Path));

    public void Tidy()
    {
        foreach (var path in Directory.GetFiles(_disk.Directory).Where(path => path != JournalPath && path != JournalPath + "-wal" && path != JournalPath + "-shm")) File.Delete(path);
        var backups = Path.Combine(_disk.Directory, "backups");
        if (Directory.Exists(backups)) Directory.Delete(backups, recursive: true);
    }

    public void Keep(string directory)
    {
        if (_disk.IsMounted) CopyTo(directory);
    }

    public void Dispose() => _disk.Dispose();

    // The journal with its log, and the folder in which a log is made.
    private void GiveTo(int user)
    {
        if (!Native.IsRoot) return;
        foreach (var path in new[] { _disk.Directory, JournalPath, JournalPath + "-wal", JournalPath + "-shm" }) Native.Give(path, user);
    }

    private long FilesNow() => new[] { "", "-wal" }.Select(end => new FileInfo(JournalPath + end)).Max(static file => file.Exists ? file.Length : 0);

    private string CopyTo(string directory) => CopyTo(directory, JournalPath);

    private static string CopyTo(string directory, string journal)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        foreach (var end in new[] { "", "-wal" })
        {
            if (File.Exists(journal + end)) File.Copy(journal + end, Path.Combine(directory, "journal.db" + end));
        }

        return Path.Combine(directory, "journal.db");
    }
}
