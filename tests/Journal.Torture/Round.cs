using System.Diagnostics;
using Journal.Storage;
using Journal.Torture.Checking;
using Journal.Torture.Grounds;
using Journal.Torture.Injuring;
using Journal.Torture.Working;

namespace Journal.Torture;

/// <summary>
/// One journal's life: a batch, several generations of workers that are killed and frozen, a fault in each, and at the end workers that nobody
/// harms, who must bring every task to its end.
/// </summary>
internal sealed class Round : IDisposable
{
    private const int Generations = 6;
    private const int LimitKeys = 50;
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(60);
    // Fewer than a machine could start: what is struck shall be at work, and not at its start.
    private static readonly WorkerManner[] Crew =
        [WorkerManner.Runner, WorkerManner.Bare, WorkerManner.Runner, WorkerManner.Operator, WorkerManner.Bare, WorkerManner.Runner];

    private static readonly TimeSpan StrikeInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ClockOfFinishers = TimeSpan.FromHours(2);

    private readonly int _number;
    private readonly Tally _tally;
    private readonly Action<string> _tell;
    private readonly Random _dice;
    private readonly TimeSpan _generationTime;
    private readonly Fault? _only;
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-torture-").FullName;
    private readonly IGround _ground;
    private readonly WorkerPool _pool;
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<string> _keys = [];
    private string _batchId = "";
    private Baseline? _start;
    private int _ledgers;
    private int _fenced;
    private long _counted;
    private bool _kept;
    private bool _isLost;

    public Round(TortureOptions options, int number, Tally tally, Action<string> tell, WorkerPool pool, Testing.PostgresServer? server)
    {
        _number = number;
        _tally = tally;
        _tell = tell;
        _pool = pool;
        _dice = Dice.Of(options.Seed, number);
        _generationTime = options.Generation;
        _only = options.Only;
        _ground = server is null ? new FileGround(_directory, _dice, options.Mounts) : new ServerGround(server, $"journal_{number}", _dice);
    }

    public void Run(CancellationToken stop)
    {
        Create();
        for (var generation = 0; generation < Generations && !_isLost && !stop.IsCancellationRequested; generation++)
        {
            var fault = _only ?? _ground.Faults[((_number - 1) * Generations + generation) % _ground.Faults.Count];
            var when = $"generation {generation + 1} ({fault})";
            Live(fault, stop);
            if (fault == Fault.Elsewhere) _pool.Recall();
            if (fault == Fault.Care) CheckSuccession(when);
            else if (_ground.LosesCommits(fault)) Damage(fault, when);
            else _tally.Faults += _ground.End(fault);
            if (!_isLost) CheckStrictly(when);
        }

        if (!_isLost && !stop.IsCancellationRequested) Finish();
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
        if (_kept) _ground.Keep(Path.Combine(_directory, "kept"));
        _ground.Dispose();
        if (!_kept) Directory.Delete(_directory, recursive: true);
    }

    // The life ---------------------------------------------------------------------------------------------------

    private void Create()
    {
        using var store = _ground.Create();
        var stages = _dice.Next(3) == 0 ? new[] { "fetch", "convert", "send" } : [];
        var options = BatchOptions.Default with
        {
            LeaseTimeout = Lease,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            CrashLimit = _dice.Next(2) == 0 ? 3 : 1000,
        };
        // Without the dice, so that the plan of a seed stays what it was.
        var isLimited = _number % 3 == 2;
        if (isLimited) options = options with { ConcurrencyLimit = 1, LimitBy = "key" };
        var batch = store.CreateBatch(new NewBatch("torture") { Options = options, Stages = JsonList.From(stages) });
        _batchId = batch.Id;
        _keys.AddRange(Enumerable.Range(1, _dice.Next(2000, 4000)).Select(static n => $"task {n}"));
        store.AddTasks(batch.Id, [.. _keys.Select((key, n) => new NewTask(key, TaskInput.OfText(key)) { LimitKey = isLimited ? $"key {n % LimitKeys}" : null })]);
    }

    private void Live(Fault fault, CancellationToken stop)
    {
        _tally.Faults += _ground.Begin(fault);
        var excuses = _ground.Excuses(fault);
        _workers.AddRange(Crew.Select(manner => Start(manner, fault)));
        if (fault == Fault.Care) _workers.Add(Start(WorkerManner.Carer, fault));
        // On a slow machine, too, it is work that is struck.
        var begin = Stopwatch.StartNew();
        while (!_workers.Exists(static worker => worker.HoldsTask || !worker.IsAlive) && begin.Elapsed < Standstill) stop.WaitHandle.WaitOne(20);
        var clock = Stopwatch.StartNew();
        var strike = Stopwatch.StartNew();
        while (clock.Elapsed < _generationTime && !stop.IsCancellationRequested)
        {
            stop.WaitHandle.WaitOne(_dice.Next(40, 160));
            if (strike.Elapsed > StrikeInterval)
            {
                _tally.Faults += _ground.Strike(fault);
                strike.Restart();
            }

            for (var i = 0; i < _workers.Count; i++)
            {
                if (_workers[i].IsDueToWake) _workers[i].Wake();
                if (!_workers[i].IsAlive) Replace(i, fault, excuses);
            }

            Injure(fault, excuses);
        }

        // Those that stand frozen wake and find their leases lost before the last blow falls on all at once.
        foreach (var worker in _workers) if (worker.IsFrozen) worker.Wake();
        stop.WaitHandle.WaitOne(_dice.Next(50, 400));
        foreach (var worker in _workers)
        {
            if (worker.IsAlive) Count(worker);
            if (worker.IsAlive) _tally.Kills++;
            worker.Kill();
            Bury(worker, excuses);
        }

        _workers.Clear();
    }

    // Nearly always one that is at a task; else any, for opening a journal is a moment like any other.
    private void Injure(Fault fault, IReadOnlyCollection<string> excuses)
    {
        var any = _dice.Next(12) == 0;
        // A carer is busy all the time, and would never come to an end with anything.
        var carers = _dice.Next(8) == 0;
        var targets = Enumerable.Range(0, _workers.Count)
            .Where(i => _workers[i] is { IsAlive: true, IsFrozen: false } worker && (any || worker.HoldsTask) && (carers || worker.Order.Manner != WorkerManner.Carer)).ToList();
        if (targets.Count == 0) return;
        var index = targets[_dice.Next(targets.Count)];
        var worker = _workers[index];
        Count(worker);
        if (_dice.Next(5) < 2)
        {
            worker.Kill();
            _tally.Kills++;
            Replace(index, fault, excuses);
        }
        else
        {
            // Twice as often beyond the lease as within it: long enough for others to see that it ran out, and to take what it held.
            worker.Freeze(Lease * (_dice.Next(3) == 0 ? _dice.NextDouble() : 1.3 + (1.2 * _dice.NextDouble())));
            _tally.Freezes++;
        }
    }

    private void Count(WorkerProcess worker) => _tally.HitWork += worker is { HoldsTask: true, Order.Manner: not WorkerManner.Carer } ? 1 : 0;

    private void Replace(int index, Fault fault, IReadOnlyCollection<string> excuses)
    {
        var manner = _workers[index].Order.Manner;
        if (manner == WorkerManner.Carer && _workers[index].HoldsTask) _tally.CarersDied++;
        Bury(_workers[index], excuses);
        _workers[index] = Start(manner, fault);
    }

    private WorkerProcess Start(WorkerManner manner, Fault fault) => _pool.Start(_ground.Equip(NewOrder(manner), fault));

    private WorkerOrder NewOrder(WorkerManner manner) => new(manner, "", _batchId, Path.Combine(_directory, $"ledger{_ledgers++}"), _dice.Next());

    private void Finish()
    {
        // By a clock that is ahead of every wrong one, so that nothing waits for a time that only they believed in.
        var finishers = Enumerable.Range(0, 2)
            .Select(_ => _ground.Equip(NewOrder(WorkerManner.Finisher) with { ClockError = ClockOfFinishers }, Fault.None))
            .Select(_pool.Start).ToList();
        _workers.AddRange(finishers);
        foreach (var worker in finishers)
        {
            if (!WaitFor(worker)) Violation("the end", $"Unharmed workers did not bring the batch to its end: they reported nothing for {Standstill.TotalSeconds} s.");
            worker.Kill();
            Bury(worker, []);
        }

        _workers.Clear();
        CheckStrictly("the end");
        using var database = _ground.Look();
        if (database.Numbers("SELECT COUNT(*) FROM task WHERE status < 2").Single()[0] is > 0 and var open) Violation("the end", $"{open} tasks have not ended.");
    }

    // However slow the machine is, as long as something is done.
    private bool WaitFor(WorkerProcess worker)
    {
        for (var before = -1L; ;)
        {
            if (worker.WaitForEnd(Standstill)) return true;
            var now = LedgerFiles().Sum(static file => new FileInfo(file).Length);
            if (now == before) return false;
            before = now;
        }
    }

    private void Bury(WorkerProcess worker, IReadOnlyCollection<string> excuses)
    {
        if (worker.Complaint(excuses) is { } complaint) Violation("a worker", complaint);
        worker.Dispose();
    }

    // Damage -----------------------------------------------------------------------------------------------------

    /// <summary>
    /// Damages the journal. What comes of it must be sound but for the last commits; or the product must see that it is not, and save of it what
    /// contradicts nothing that was true before. Then the round goes on.
    /// </summary>
    private void Damage(Fault fault, string when)
    {
        CheckStrictly(when + ", before");
        Facts before;
        using (var database = _ground.Look()) before = new Facts(database);
        _tally.Faults += _ground.End(fault);
        // From here on nobody knows any more who was told what.
        foreach (var file in LedgerFiles()) File.Delete(file);
        _fenced = 0;
        if (_isLost || Problems(null) is not { Count: > 0 } problems) return;
        if (!_ground.ProductSeesDamage())
        {
            Lose(when, "The journal was damaged and did not say so: " + problems[0]);
            return;
        }

        _tally.DamageFound[fault] = _tally.DamageFound.GetValueOrDefault(fault) + 1;
        _tally.Damaged += before.TaskCount;
        var left = _ground.Repair();
        if (left.Count > 0)
        {
            Lose(when, "The repaired journal is not sound: " + left[0]);
            return;
        }

        using var salvaged = _ground.Look();
        // Noise can look like data; that it is not taken for sound is all that can be asked.
        if (fault != Fault.SectorScrambled) foreach (var contradiction in before.ContradictedBy(salvaged).Take(5)) Violation(when, contradiction);
        _start = Baseline.Of(salvaged);
        _counted = _start.LastEvent;
        _keys.Clear();
        _keys.AddRange(salvaged.Rows("SELECT key FROM task").Select(static row => (string)row[0]!));
        _tally.Salvaged += _keys.Count;
        // The batch itself may be among what was lost; its tasks are in another one then.
        if (salvaged.Rows("SELECT id FROM batch WHERE no = (SELECT batch FROM task GROUP BY batch ORDER BY COUNT(*) DESC LIMIT 1)") is [[string id]]) _batchId = id;
        else _isLost = true;
    }

    /// <summary>
    /// What was reported is in the file into which it was reported, under whatever name that lies now, and in those that were repaired from it. The
    /// round goes on with the file that has the journal's name.
    /// </summary>
    private void CheckSuccession(string when)
    {
        try
        {
            _ground.End(Fault.Care);
        }
        catch (JournalException e)
        {
            Lose(when, $"After the carers' death the journal cannot be opened: {e.Message}");
            return;
        }

        var files = _ground.FilesInOrder();
        var problems = SuccessionChecker.Check(files, LedgerLines.ByFile(LedgerFiles()), _keys, _tally, _start, _ground.Look);
        foreach (var problem in problems.Take(20)) Violation(when, problem);
        _isLost |= problems.Count > 0;
        if (_isLost) return;
        _tally.FilesSetAside += files.Count - 1;
        CheckCopies(LedgerLines.Read(LedgerFiles()), when);
        foreach (var file in LedgerFiles()) File.Delete(file);
        _ground.Tidy();
        _fenced = 0;
        using var database = _ground.Look();
        _counted = database.Numbers("SELECT COALESCE(MAX(id), 0) FROM event").Single()[0];
        _keys.Clear();
        _keys.AddRange(database.Rows("SELECT key FROM task").Select(static row => (string)row[0]!));
    }

    // The check --------------------------------------------------------------------------------------------------

    private void CheckStrictly(string when)
    {
        var ledger = LedgerLines.Read(LedgerFiles());
        var problems = Problems(ledger);
        if (problems.Count == 0) CountOnce(ledger);
        foreach (var problem in problems) Violation(when, problem);
        _isLost |= problems.Count > 0;
        CheckCopies(ledger, when);
    }

    private void CheckCopies(LedgerLines ledger, string when)
    {
        foreach (var file in ledger.Copies.Where(File.Exists))
        {
            using (var copy = new RawFile(file))
            {
                foreach (var problem in JournalChecker.Check(copy, _tally, start: _start)) Violation(when, $"A backup: {problem}");
            }

            File.Delete(file);
        }
    }

    // What each check sees again is counted the first time.
    private void CountOnce(LedgerLines ledger)
    {
        _tally.Fenced += ledger.Fenced.Count - _fenced;
        _fenced = ledger.Fenced.Count;
        using var database = _ground.Look();
        var found = database.Numbers($"SELECT COUNT(*), MAX(id) FROM event WHERE kind IN ({LegalMoves.Recovered}, {LegalMoves.Abandoned}) AND id > {_counted}").Single();
        _tally.Recoveries += found[0];
        _counted = Math.Max(_counted, found[1]);
    }

    private IReadOnlyList<string> Problems(LedgerLines? ledger)
    {
        using var database = _ground.Look();
        return JournalChecker.Check(database, _tally, ledger, ledger is null ? _keys : _keys.Concat(ledger.Added), _start);
    }

    private IEnumerable<string> LedgerFiles() => Directory.GetFiles(_directory, "ledger*").Where(static file => Path.GetExtension(file).Length == 0);

    private void Lose(string when, string what)
    {
        _isLost = true;
        Violation(when, what);
    }

    private void Violation(string when, string what)
    {
        _tally.Violations++;
        _tell($"VIOLATION in round {_number}, {when}: {what}");
    }
}
