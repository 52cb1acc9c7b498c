using System.Diagnostics;
using System.Globalization;

namespace Journal.Testing;

/// <summary>PgBouncer before a server, as Debian's package has it: with its own settings, apart from the mode in which it gives out its few connections.</summary>
public sealed class PgBouncer : IDisposable
{
    public const string Absent = "This machine has no PgBouncer (Debian's package is 'pgbouncer').";

    private readonly string _directory = Directory.CreateTempSubdirectory("journal-pgbouncer-").FullName;
    private readonly Process _process;

    /// <summary>Starts one.</summary>
    /// <param name="server">The server behind it.</param>
    /// <param name="mode">What a client keeps a connection for: session, transaction or statement.</param>
    /// <param name="connections">How many connections it shares among its clients.</param>
    public PgBouncer(PostgresServer server, string mode, int connections = 3)
    {
        Port = LoopbackPort.Take();

        var settings = Path.Combine(_directory, "pgbouncer.ini");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user=journal password='{PostgresServer.Password.Replace("'", "''", StringComparison.Ordinal)}'
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {connections}

            """));
        // No pooler runs as root; it ends with the tests, however they do: then their end of this pipe closes.
        string[] asUser = Environment.UserName == "root" ? ["setpriv", "--reuid", "nobody", "--clear-groups", "--"] : [];
        const string untilTheTestsEnd = "chmod 755 \"$0\"; exec 3<&0; \"$@\" </dev/null & (cat; kill $!; rm -rf \"$0\") <&3 >/dev/null 2>&1; wait";
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", untilTheTestsEnd, _directory, .. asUser, Program!, settings]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        var said = new List<string>();
        while (_process.StandardError.ReadLine() is { } line)
        {
            said.Add(line);
            if (line.Contains("process up", StringComparison.Ordinal) || line.Contains("FATAL", StringComparison.Ordinal)) break;
        }

        if (!said[^1].Contains("process up", StringComparison.Ordinal)) throw new InvalidOperationException($"PgBouncer did not start: {string.Join('\n', said)}");
        _ = _process.StandardError.ReadToEndAsync();
        Server = server;
    }

    /// <summary>The server behind it.</summary>
    public PostgresServer Server { get; }

    /// <summary>Where it is on this machine; null where it is not.</summary>
    public static string? Program { get; } = new[] { "/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin" }.Select(static place => Path.Combine(place, "pgbouncer")).FirstOrDefault(File.Exists);

    public int Port { get; }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
