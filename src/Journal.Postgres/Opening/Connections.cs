using Journal.Storage;
using Npgsql;

namespace Journal.Postgres.Opening;

/// <summary>Connections to the server, kept by the driver's pool for the next use: to write, to read on a snapshot, and to care for the schema.</summary>
internal sealed class Connections
{
    // A statement that a server has not answered by then is one that it will not answer.
    private const int AnswerSeconds = 30;

    private readonly string _writer;
    private readonly string _reader;

    public Connections(ServerAddress address, StoreOptions options)
    {
        var said = address.Settings.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var common = new NpgsqlConnectionStringBuilder(address.Settings.ConnectionString)
        {
            // A long query that streams has no other limit: a link that died is noticed within minutes.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
            // What is put into an error's text must not show data of the journal.
            IncludeErrorDetail = false,
        };
        // Each statement is prepared at its second use on a connection; somebody behind a pooler that cannot have that says so in the address.
        if (!said.Contains("Max Auto Prepare")) (common.MaxAutoPrepare, common.AutoPrepareMinUsages) = (64, 2);
        // To try it, the driver calls the system's Kerberos library at every opening, and that aborts a process that is about to end: one that a signal stops
        // while its runner looks for a server, say.
        if (!said.Contains("GSS Encryption Mode") && Environment.GetEnvironmentVariable("PGGSSENCMODE") is null) common.GssEncryptionMode = GssEncryptionMode.Disable;
        if (string.IsNullOrEmpty(common.ApplicationName)) common.ApplicationName = "Journal";
        if (!said.Contains("Command Timeout")) common.CommandTimeout = AnswerSeconds;
        var lockSeconds = (long)options.LockTimeout.TotalMilliseconds;
        // A writer leaves nothing behind in its session that would have to be undone; a reader may, when it fails on its way along the trail.
        common.NoResetOnClose = true;
        // A worker cut off in the middle of a transaction must not hold its locks for longer than a statement may take.
        var idle = 1000L * Math.Max(common.CommandTimeout, 1);
        var durability = options.Durability == Durability.Normal ? " -c synchronous_commit=off" : "";
        _writer = With(common, FormattableString.Invariant($"-c lock_timeout={lockSeconds} -c idle_in_transaction_session_timeout={idle}{durability}"));
        common.NoResetOnClose = false;
        _reader = With(common, "-c default_transaction_read_only=on");
        Location = address.Shown;
    }

    /// <summary>The journal's address without its password.</summary>
    public string Location { get; }

    public NpgsqlConnection OpenWriter() => Open(_writer);

    public NpgsqlConnection OpenReader() => Open(_reader);

    /// <summary>After a connection broke: the others of the pool are as old, and probably as dead.</summary>
    public void Forget()
    {
        foreach (var text in new[] { _writer, _reader })
        {
            using var connection = new NpgsqlConnection(text);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private static string With(NpgsqlConnectionStringBuilder common, string options)
    {
        var settings = new NpgsqlConnectionStringBuilder(common.ConnectionString);
        settings.Options = string.IsNullOrEmpty(settings.Options) ? options : $"{options} {settings.Options}";
        return settings.ConnectionString;
    }

    private static NpgsqlConnection Open(string text)
    {
        var connection = new NpgsqlConnection(text);
        try
        {
            // Its own limit: where a server takes a connection and then says nothing, the driver's synchronous way can wait for ever.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(connection.ConnectionTimeout + 1));
            connection.OpenAsync(limit.Token).GetAwaiter().GetResult();
            return connection;
        }
        catch (OperationCanceledException e)
        {
            connection.Dispose();
            throw new TimeoutException("the server does not answer.", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
