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
    private const int Generations = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan GenerationTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ClockOfFinishers = TimeSpan.FromHours(2);

    private readonly int _number;
    private readonly Tally _tally;
    private readonly Action<string> _tell;
    private readonly Random _dice;
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-torture-").FullName;
    private readonly IGround _ground;
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<string> _keys = [];
    private string _batchId = "";
    private Baseline? _start;
    private int _ledgers;
    private bool _kept;
    private bool _isLost;

    public Round(TortureOptions options, int number, Tally tally, Action<string> tell, Testing.PostgresServer? server)
    {
        _number = number;
        _tally = tally;
        _tell = tell;
        _dice = new Random(HashCode.Combine(options.Seed, number));
        _ground = server is null ? new FileGround(_directory, _dice, options.Mounts) : new ServerGround(server, $"journal_{number}", _dice);
    }

    public void Run(CancellationToken stop)
    {
        Create();
        for (var generation = 0; generation < Generations && !_isLost && !stop.IsCancellationRequested; generation++)
        {
            var fault = _ground.Faults[((_number - 1) * Generations + generation) % _ground.Faults.Count];
            var when = $"generation {generation + 1} ({fault})";
            Live(fault, stop);
            if (_ground.LosesCommits(fault)) Injure(fault, when);
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
        var batch = store.CreateBatch(new NewBatch("torture") { Options = options, Stages = JsonList.From(stages) });
        _batchId = batch.Id;
        _keys.AddRange(Enumerable.Range(1, _dice.Next(2000, 4000)).Select(static n => $"task {n}"));
        store.AddTasks(batch.Id, _keys.ConvertAll(static key => new NewTask(key, TaskInput.OfText(key))));
    }

    private void Live(Fault fault, CancellationToken stop)
    {
        _tally.Faults += _ground.Begin(fault);
        var excuses = _ground.Excuses(fault);
        _workers.AddRange(new[] { WorkerManner.Runner, WorkerManner.Runner, WorkerManner.Bare, WorkerManner.Operator }.Select(manner => Start(manner, fault)));
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < GenerationTime && !stop.IsCancellationRequested)
        {
            stop.WaitHandle.WaitOne(_dice.Next(80, 350));
            _tally.Faults += _ground.Strike(fault);
            var index = _dice.Next(_workers.Count);
            var worker = _workers[index];
            if (!worker.IsAlive)
            {
                Bury(worker, excuses);
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
            Bury(worker, excuses);
        }

        _workers.Clear();
    }

    private WorkerProcess Start(WorkerManner manner, Fault fault) => WorkerProcess.Start(_ground.Equip(NewOrder(manner), fault));

    private WorkerOrder NewOrder(WorkerManner manner) => new(manner, "", _batchId, Path.Combine(_directory, $"ledger{_ledgers++}"), _dice.Next());

    private void Finish()
    {
        // By a clock that is ahead of every wrong one, so that nothing waits for a time that only they believed in.
        var finishers = Enumerable.Range(0, 2)
            .Select(_ => _ground.Equip(NewOrder(WorkerManner.Finisher) with { ClockError = ClockOfFinishers }, Fault.None))
            .Select(WorkerProcess.Start).ToList();
        _workers.AddRange(finishers);
        foreach (var worker in finishers)
        {
            if (!worker.WaitForEnd(FinishTime)) Violation("the end", $"Unharmed workers did not bring the batch to its end in {FinishTime.TotalSeconds} s.");
            worker.Kill();
            Bury(worker, []);
        }

        _workers.Clear();
        CheckStrictly("the end");
        using var database = _ground.Look();
        if (database.Numbers("SELECT COUNT(*) FROM task WHERE status < 2").Single()[0] is > 0 and var open) Violation("the end", $"{open} tasks have not ended.");
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
    private void Injure(Fault fault, string when)
    {
        CheckStrictly(when + ", before");
        Facts before;
        using (var database = _ground.Look()) before = new Facts(database);
        _tally.Faults += _ground.End(fault);
        // From here on nobody knows any more who was told what.
        foreach (var file in LedgerFiles()) File.Delete(file);
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
        _keys.Clear();
        _keys.AddRange(salvaged.Rows("SELECT key FROM task").Select(static row => (string)row[0]!));
        _tally.Salvaged += _keys.Count;
        // The batch itself may be among what was lost; its tasks are in another one then.
        if (salvaged.Rows("SELECT id FROM batch WHERE no = (SELECT batch FROM task GROUP BY batch ORDER BY COUNT(*) DESC LIMIT 1)") is [[string id]]) _batchId = id;
        else _isLost = true;
    }

    // The check --------------------------------------------------------------------------------------------------

    private void CheckStrictly(string when)
    {
        var ledger = LedgerLines.Read(LedgerFiles());
        _tally.Fenced += ledger.Fenced.Count;
        var problems = Problems(ledger);
        foreach (var problem in problems) Violation(when, problem);
        _isLost |= problems.Count > 0;
        foreach (var file in ledger.Copies.Where(File.Exists))
        {
            using (var copy = new RawFile(file))
            {
                foreach (var problem in JournalChecker.Check(copy, _tally, start: _start)) Violation(when, $"A backup: {problem}");
            }

            File.Delete(file);
        }
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
