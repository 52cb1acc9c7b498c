using System.Diagnostics;
using Journal.Postgres;
using Journal.Storage;
using Journal.Testing;
using Journal.Torture.Checking;
using Journal.Torture.Injuring;
using Journal.Torture.Working;

namespace Journal.Torture.Grounds;

/// <summary>A schema on a server that is this run's own.</summary>
internal sealed class ServerGround(PostgresServer server, string schema, Random dice) : IGround
{
    private static readonly TimeSpan ClockError = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(1.6);
    private static readonly string[] Hosts = ["east", "west"];

    private Stopwatch? _frozen;
    private TimeSpan _standstill;
    private bool _isDown;

    public static IReadOnlyList<Fault> AllFaults { get; } =
        [Fault.ConnectionsCut, Fault.ServerFrozen, Fault.ServerKilled, Fault.ClockForward, Fault.ServerStopped, Fault.ClockBack];

    public IReadOnlyList<Fault> Faults => AllFaults;

    private string Address => server.Address(schema);

    public IJournalStore Create() => new PostgresStoreFactory().Open(new StoreOptions(Address, StoreAccess.Create));

    public WorkerOrder Equip(WorkerOrder order, Fault fault) => order with
    {
        // Half of them wait for a server that says nothing for less time than it stands still.
        Journal = fault == Fault.ServerFrozen && dice.Next(2) == 0 ? Address + "&Command Timeout=1&Timeout=1&Cancellation Timeout=-1" : Address,
        // What Normal promises of a server that loses its memory is less than what is checked.
        Normal = fault != Fault.ServerKilled && dice.Next(2) == 0,
        Host = Hosts[dice.Next(Hosts.Length)],
        ClockError = fault switch
        {
            Fault.ClockForward => ClockError * dice.NextDouble(),
            Fault.ClockBack => ClockError * -dice.NextDouble(),
            _ => order.ClockError,
        },
    };

    public IReadOnlyCollection<string> Excuses(Fault fault) => fault is Fault.ClockForward or Fault.ClockBack ? [] : [nameof(JournalErrors.JournalUnreachable)];

    public int Begin(Fault fault) => fault is Fault.ClockForward or Fault.ClockBack ? 1 : 0;

    public int Strike(Fault fault)
    {
        if (_frozen is not null)
        {
            if (_frozen.Elapsed > _standstill) Wake();
            return 0;
        }

        if (_isDown)
        {
            Start();
            return 0;
        }

        if (dice.Next(3) > 0) return 0;
        switch (fault)
        {
            case Fault.ConnectionsCut:
                server.Sql($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'Journal' AND random() < {dice.Next(1, 10)} / 10.0");
                return 1;
            case Fault.ServerFrozen:
                server.Freeze();
                _frozen = Stopwatch.StartNew();
                _standstill = LongestStandstill * dice.NextDouble();
                return 1;
            case Fault.ServerStopped:
                server.Stop();
                _isDown = true;
                return 1;
            case Fault.ServerKilled:
                server.Kill();
                _isDown = true;
                return 1;
            default:
                return 0;
        }
    }

    public int End(Fault fault)
    {
        if (_frozen is not null) Wake();
        if (_isDown) Start();
        return 0;
    }

    public bool LosesCommits(Fault fault) => false;

    public RawDatabase Look() => new RawServer(server.ConnectionText, schema);

    public bool ProductSeesDamage() => false;

    public IReadOnlyList<string> Repair() => throw new NotSupportedException("A server is repaired by its own tools.");

    public IReadOnlyList<KeptFile> FilesInOrder() => [];

    public RawDatabase Look(KeptFile file) => throw new NotSupportedException("A server has no files that could be exchanged.");

    public void Tidy()
    {
    }

    public void Keep(string directory)
    {
        Directory.CreateDirectory(directory);
        server.Dump(schema, Path.Combine(directory, "journal.sql"));
    }

    public void Dispose()
    {
        End(default);
        server.Sql($"DROP SCHEMA IF EXISTS {schema} CASCADE");
    }

    private void Wake()
    {
        server.Thaw();
        _frozen = null;
    }

    private void Start()
    {
        server.Start();
        _isDown = false;
    }
}
