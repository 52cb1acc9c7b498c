using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Journal.Testing;

/// <summary>
/// A PostgreSQL server of the tests' own: the machine's binaries, a directory that is deleted at the end, a free port on this machine alone, and an
/// ordinary user, for no server runs as root.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    public const string Password = "s3cret;'word";

    private static readonly Lazy<PostgresServer> OfThisRun = new(static () => new PostgresServer());

    private readonly string _directory = Directory.CreateTempSubdirectory("journal-pg-").FullName;
    private readonly string[] _as;
    private readonly Process _guardian;

    public PostgresServer()
    {
        Environment.SetEnvironmentVariable("PGPASSWORD", Password);
        Port = LoopbackPort.Take();

        _as = Environment.UserName == "root" ? ["setpriv", "--reuid", "nobody", "--clear-groups", "--"] : [];
        if (_as.Length > 0) Run("chown", "nobody", _directory);
        RunAsUser(Path.Combine(Binaries!, "initdb"), "-D", Data, "-U", "journal", "-A", "scram-sha-256", "--pwfile", Secret(Password), "-E", "UTF8", "--locale", "C", "--no-sync");
        Start();
        // However the tests end, killed or not, their end of this pipe closes, and nothing of the server stays. It belongs to no tree that is killed with them.
        const string cleanUp =
            "exec 3<&0; (cat; pid=$(head -n 1 \"$0/data/postmaster.pid\"); kill -QUIT $pid; kill -CONT $pid; while kill -0 $pid; do sleep 0.1; done; rm -rf \"$0\") <&3 >/dev/null 2>&1 &";
        _guardian = Process.Start(new ProcessStartInfo("sh", ["-c", cleanUp, _directory]) { RedirectStandardInput = true })!;
    }

    /// <summary>Where PostgreSQL is on this machine; null where it is not.</summary>
    public static string? Binaries { get; } = Find();

    /// <summary>The server that tests share.</summary>
    public static PostgresServer Shared => OfThisRun.Value;

    public int Port { get; }

    private string Data => Path.Combine(_directory, "data");

    /// <summary>An address of a journal on this server; the password comes from PGPASSWORD, as for the processes that tests start.</summary>
    public string Address(string schema, string user = "journal", int? port = null) =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{user}@127.0.0.1:{port ?? Port}/postgres?schema={schema}");

    public void Start() => RunAsUser(
        Path.Combine(Binaries!, "pg_ctl"), "-D", Data, "-w", "-s", "-l", Path.Combine(_directory, "log"), "-o",
        // Tests kill the server, never the machine.
        string.Create(CultureInfo.InvariantCulture, $"-c listen_addresses=127.0.0.1 -p {Port} -k {_directory} -c fsync=off -c max_connections=300 -c deadlock_timeout=200ms"), "start");

    /// <summary>A connection of the tests' own, as the owner of everything.</summary>
    public string ConnectionText => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=journal;Database=postgres;Pooling=false");

    /// <summary>Stops it as its keeper does: who is connected is sent away, what is under way is rolled back.</summary>
    public void Stop() => RunAsUser(Path.Combine(Binaries!, "pg_ctl"), "-D", Data, "-w", "-s", "-m", "fast", "stop");

    /// <summary>Stops it as a power cut would: without a word to anybody.</summary>
    public void Kill() => RunAsUser(Path.Combine(Binaries!, "pg_ctl"), "-D", Data, "-w", "-s", "-m", "immediate", "stop");

    /// <summary>Stops all of its processes where they are; they keep their connections and say nothing.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    /// <summary>Runs a script as the owner of everything.</summary>
    public void Sql(string script)
    {
        using var connection = new NpgsqlConnection(ConnectionText);
        connection.Open();
        using var command = new NpgsqlCommand(script, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Writes a schema as a script that makes it anew.</summary>
    public void Dump(string schema, string path) =>
        Run(Path.Combine(Binaries!, "pg_dump"), "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "journal", "-n", schema, "-f", path, "postgres");

    public void Dispose()
    {
        Thaw();
        _guardian.StandardInput.Close();
        _guardian.Dispose();
    }

    private static string? Find()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).AsEnumerable();
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            places = Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(static version => Path.Combine(version, "bin")).Concat(places);
        }

        return places.FirstOrDefault(static place => File.Exists(Path.Combine(place, "initdb")) && File.Exists(Path.Combine(place, "pg_ctl")));
    }

    private string Secret(string password)
    {
        var path = Path.Combine(_directory, "password");
        File.WriteAllText(path, password);
        if (_as.Length > 0) Run("chown", "nobody", path);
        return path;
    }

    private void Signal(string signal)
    {
        var parent = File.ReadLines(Path.Combine(Data, "postmaster.pid")).First();
        // Its children first: they would tell a parent that still listens. One of them may end meanwhile.
        foreach (var child in File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)) Run("sh", "-c", "kill \"$0\" \"$1\" || [ ! -e \"/proc/$1\" ]", $"-{signal}", child);
        Run("kill", $"-{signal}", parent);
    }

    private void RunAsUser(string program, params string[] arguments)
    {
        if (_as.Length == 0) Run(program, arguments);
        else Run(_as[0], [.. _as[1..], program, .. arguments]);
    }

    private void Run(string program, params string[] arguments)
    {
        // Not redirected: the server would inherit the pipes, and reading them would wait for its end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", Path.Combine(_directory, "output"), program, .. arguments]) { WorkingDirectory = _directory })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {File.ReadAllText(Path.Combine(_directory, "output"))}");
    }
}
