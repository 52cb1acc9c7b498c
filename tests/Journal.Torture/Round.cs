using System.Diagnostics;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Torture.Checking;
using Journal.Torture.Injuring;
using Journal.Torture.Working;

namespace Journal.Torture;

/// <summary>
/// One journal's life: a batch, several generations of workers that are killed and frozen, a fault in each, and at the end workers that nobody
/// harms, who must bring every task to its end.
/// </summary>
internal sealed class Round : IDisposable
{
    private const int Generations = 3;
    private const int DiskMegabytes = 192;
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan GenerationTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ClockError = TimeSpan.FromHours(1);

    private readonly TortureOptions _options;
    private readonly int _number;
    private readonly Tally _tally;
    private readonly Action<string> _tell;
    private readonly Random _dice;
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-torture-").FullName;
    private readonly string _disk;
    private readonly bool _mounted;
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<string> _keys = [];
    private string _batchId = "";
    private int _ledgers;
    private bool _kept;
    private bool _damaged;

    public Round(TortureOptions options, int number, Tally tally, Action<string> tell)
    {
        _options = options;
        _number = number;
        _tally = tally;
        _tell = tell;
        _dice = new Random(HashCode.Combine(options.Seed, number));
        _disk = Directory.CreateDirectory(Path.Combine(_directory, "disk")).FullName;
        // Others may look in, so that it is the journal's own mode that keeps them out.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        _mounted = options.Mounts && Faults.Mount(_disk, DiskMegabytes);
    }

    private string JournalPath => Path.Combine(_disk, "journal.db");

    public void Run(CancellationToken stop)
    {
        Create();
        for (var generation = 0; generation < Generations && !_damaged && !stop.IsCancellationRequested; generation++)
        {
            var fault = Faults.All[((_number - 1) * Generations + generation) % Faults.All.Count];
            _tally.Faults++;
            Live(fault, stop);
            Faults.Damage(fault, JournalPath, _dice);
            if (Faults.LosesCommits(fault)) ForgetReports();
            Check($"generation {generation + 1} ({fault})", mayBeDamaged: Faults.LosesCommits(fault));
        }

        if (!_damaged && !stop.IsCancellationRequested) Finish();
    }

    /// <summary>Keeps the files of a round that went wrong.</summary>
    public string Keep()
    {
        _kept = true;
        return _directory;
    }

    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        if (_kept && _mounted) CopyAside(Path.Combine(_directory, "kept"));
        if (_mounted) Faults.Unmount(_disk);
        if (!_kept) Directory.Delete(_directory, recursive: true);
    }

    // The life ---------------------------------------------------------------------------------------------------

    private void Create()
    {
        using var store = new SqliteStoreFactory().Open(new StoreOptions(JournalPath, StoreAccess.Create));
        var stages = _dice.Next(3) == 0 ? new[] { "fetch", "convert", "send" } : [];
        var options = BatchOptions.Default with
        {
            LeaseTimeout = Lease,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            CrashLimit = _dice.Next(2) == 0 ? 3 : 1000,
        };
        var batch = store.CreateBatch(new NewBatch("torture") { Options = options, Stages = JsonList.From(stages) });
        _batchId = batch.Id;
        _keys.AddRange(Enumerable.Range(1, _dice.Next(2000, 4000)).Select(static n => $"task {n}"));
        store.AddTasks(batch.Id, _keys.ConvertAll(static key => new NewTask(key, TaskInput.OfText(key))));
    }

    private void Live(Fault fault, CancellationToken stop)
    {
        var filler = fault == Fault.DiskFull && _mounted ? Faults.Fill(_disk, _dice.Next(16, 1500) * 1024L) : null;
        var faulty = fault is Fault.DiskFull or Fault.FileLimit or Fault.NoPermission;
        _workers.AddRange(new[] { WorkerManner.Runner, WorkerManner.Runner, WorkerManner.Bare, WorkerManner.Operator }.Select(manner => Start(manner, fault)));
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < GenerationTime && !stop.IsCancellationRequested)
        {
            stop.WaitHandle.WaitOne(_dice.Next(80, 350));
            var index = _dice.Next(_workers.Count);
            var worker = _workers[index];
            if (!worker.IsAlive)
            {
                Bury(worker, faulty);
                _workers[index] = Start(worker.Order.Manner, fault);
            }
            else if (worker.IsFrozen)
            {
                if (worker.FrozenFor > Lease * 1.5) worker.Wake();
            }
            else if (_dice.Next(10) < 6)
            {
                worker.Kill();
                _tally.Kills++;
            }
            else
            {
                worker.Freeze();
                _tally.Freezes++;
            }
        }

        // Those that stand frozen wake and find their leases lost before the last blow falls on all at once.
        foreach (var worker in _workers) if (worker.IsFrozen) worker.Wake();
        stop.WaitHandle.WaitOne(_dice.Next(50, 400));
        foreach (var worker in _workers)
        {
            if (worker.IsAlive) _tally.Kills++;
            worker.Kill();
            Bury(worker, faulty);
        }

        _workers.Clear();
        if (filler is not null) File.Delete(filler);
    }

    private WorkerProcess Start(WorkerManner manner, Fault fault)
    {
        var ledger = Path.Combine(_directory, $"ledger{_ledgers++}");
        var order = new WorkerOrder(manner, JournalPath, _batchId, ledger, _dice.Next())
        {
            Normal = _dice.Next(2) == 0,
            ClockError = fault switch
            {
                Fault.ClockForward => ClockError * _dice.NextDouble(),
                Fault.ClockBack => ClockError * -_dice.NextDouble(),
                _ => TimeSpan.Zero,
            },
            FileLimit = fault == Fault.FileLimit || (fault == Fault.DiskFull && !_mounted) ? FilesNow() + _dice.Next(400_000) : 0,
            // A stranger among the workers, who must get nothing but a clear refusal.
            User = fault == Fault.NoPermission && Native.IsRoot && _dice.Next(2) == 0 ? 65534 : 0,
        };
        return WorkerProcess.Start(order);
    }

    private long FilesNow() => new[] { "", "-wal" }.Select(end => new FileInfo(JournalPath + end)).Max(static file => file.Exists ? file.Length : 0);

    private void Finish()
    {
        // By a clock that is ahead of every wrong one, so that nothing waits for a time that only they believed in.
        var finishers = Enumerable.Range(0, 2)
            .Select(n => new WorkerOrder(WorkerManner.Finisher, JournalPath, _batchId, Path.Combine(_directory, $"ledger{_ledgers++}"), n) { ClockError = ClockError * 2 })
            .Select(WorkerProcess.Start).ToList();
        _workers.AddRange(finishers);
        foreach (var worker in finishers)
        {
            if (!worker.WaitForEnd(FinishTime)) Violation("the end", $"Unharmed workers did not bring the batch to its end in {FinishTime.TotalSeconds} s.");
            worker.Kill();
            Bury(worker, faulty: false);
        }

        _workers.Clear();
        if (Check("the end", mayBeDamaged: false) is not { } copy) return;
        using var database = new RawDatabase(copy);
        if (database.Numbers("SELECT COUNT(*) FROM task WHERE status < 2").Single()[0] is > 0 and var open) Violation("the end", $"{open} tasks have not ended.");
    }

    private void Bury(WorkerProcess worker, bool faulty)
    {
        if (worker.Complaint(faulty) is { } complaint) Violation("a worker", complaint);
        worker.Dispose();
    }

    // The check --------------------------------------------------------------------------------------------------

    /// <summary>Checks a copy, so that the log that the dead left behind is the journal's own to deal with.</summary>
    /// <returns>The copy; null when it is damaged.</returns>
    private string? Check(string when, bool mayBeDamaged)
    {
        var directory = Path.Combine(_directory, "check");
        var copy = CopyAside(directory);
        var ledger = LedgerLines.Read(Directory.GetFiles(_directory, "ledger*").Where(static file => Path.GetExtension(file).Length == 0));
        _tally.Fenced += ledger.Fenced.Count;
        var problems = Problems(copy, ledger);
        foreach (var file in ledger.Copies.Where(File.Exists))
        {
            foreach (var problem in Problems(file, null)) Violation(when, $"A backup: {problem}");
            File.Delete(file);
        }

        if (problems.Count == 0) return copy;
        if (mayBeDamaged)
        {
            // Damage from outside cannot always be helped, but it must be seen.
            _damaged = true;
            if (ProductSees(copy)) _tally.DamageFound++;
            else Violation(when, "The journal was damaged and did not say so: " + problems[0]);
            return null;
        }

        foreach (var problem in problems) Violation(when, problem);
        _damaged = true;
        return null;
    }

    private IReadOnlyList<string> Problems(string path, LedgerLines? ledger)
    {
        try
        {
            return JournalChecker.Check(path, _tally, ledger, ledger is null ? null : _keys.Concat(ledger.Added));
        }
        catch (InvalidDataException e)
        {
            return [e.Message];
        }
    }

    private static bool ProductSees(string path)
    {
        try
        {
            using var store = new SqliteStoreFactory().Open(new StoreOptions(path, StoreAccess.Read));
            return store.Check().Count > 0;
        }
        catch (JournalException e)
        {
            return e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal);
        }
    }

    private string CopyAside(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        foreach (var end in new[] { "", "-wal" })
        {
            if (File.Exists(JournalPath + end)) File.Copy(JournalPath + end, Path.Combine(directory, "journal.db" + end));
        }

        return Path.Combine(directory, "journal.db");
    }

    private void ForgetReports()
    {
        foreach (var file in Directory.GetFiles(_directory, "ledger*").Where(static file => Path.GetExtension(file).Length == 0)) File.Delete(file);
    }

    private void Violation(string when, string what)
    {
        _tally.Violations++;
        _tell($"VIOLATION in round {_number}, {when}: {what}");
    }
}
