using System.Collections.Concurrent;
using Journal.Postgres.Engine;
using Journal.Storage;
using Npgsql;

namespace Journal.Postgres.Opening;

/// <summary>
/// Connections to the server, kept by the driver's pool for the next use. Nothing is kept in their sessions: a pooler between may give each transaction
/// another one. So every transaction begins with the settings that it needs, and they end with it.
/// </summary>
internal sealed class Connections
{
    // A statement that a server has not answered by then is one that it will not answer.
    private const int AnswerSeconds = 30;

    // Behind which addresses a pooler was found, by the connection strings for a server itself.
    private static readonly ConcurrentDictionary<string, bool> Poolers = new(StringComparer.Ordinal);

    private readonly string _direct;
    private readonly string _pooled;
    private readonly string _readSettings;
    private readonly string _writeSettings;

    public Connections(ServerAddress address, StoreOptions options)
    {
        var said = address.Settings.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var settings = new NpgsqlConnectionStringBuilder(address.Settings.ConnectionString)
        {
            // The settings of each transaction say it, see below.
            SearchPath = null,
            // A long query that streams has no other limit: a link that died is noticed within minutes.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
            // What is put into an error's text must not show data of the journal.
            IncludeErrorDetail = false,
            NoResetOnClose = true,
        };
        // To try it, the driver calls the system's Kerberos library at every opening, and that aborts a process that is about to end: one that a signal stops
        // while its runner looks for a server, say.
        if (!said.Contains("GSS Encryption Mode") && Environment.GetEnvironmentVariable("PGGSSENCMODE") is null) settings.GssEncryptionMode = GssEncryptionMode.Disable;
        if (string.IsNullOrEmpty(settings.ApplicationName)) settings.ApplicationName = "Journal";
        if (!said.Contains("Command Timeout")) settings.CommandTimeout = AnswerSeconds;
        _pooled = settings.ConnectionString;
        // Each statement is prepared at its second use on a connection. A pooler may execute it on another one; somebody whose pooler can do it says so in the address.
        if (!said.Contains("Max Auto Prepare")) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (64, 2);
        _direct = settings.ConnectionString;

        Address = address;
        _readSettings = $"set_config('search_path', $1, true)";
        _writeSettings = _readSettings;
        // What the address says of these itself holds.
        foreach (var (name, value) in WriterSettings(options, settings.CommandTimeout))
        {
            if (settings.Options?.Contains(name, StringComparison.Ordinal) != true) _writeSettings += $", set_config('{name}', '{value}', true)";
        }
    }

    /// <summary>Where the journal is.</summary>
    public ServerAddress Address { get; }

    /// <summary>The journal's address without its password.</summary>
    public string Location => Address.Shown;

    private string Current => Poolers.ContainsKey(_direct) ? _pooled : _direct;

    /// <summary>The settings that a transaction needs that only reads: the first of its statements.</summary>
    public Command ReadSettings() => Settings(_readSettings);

    /// <summary>The settings that a transaction needs that writes.</summary>
    public Command WriteSettings() => Settings(_writeSettings);

    public NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(Current);
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

    /// <summary>Takes note of the process that serves a connection.</summary>
    /// <returns>Whether that is what it should be: else a pooler is between, which was not known, and a new connection is to be used.</returns>
    public bool IsAsKnown(NpgsqlConnection connection, long backend)
    {
        // A pooler tells its clients a number of its own, by which they can cancel what they asked for.
        if (connection.ProcessID == backend || _direct == _pooled || !Poolers.TryAdd(_direct, true)) return true;
        NpgsqlConnection.ClearPool(connection);
        return false;
    }

    /// <summary>After a connection broke: the others of the pool are as old, and probably as dead.</summary>
    public void Forget()
    {
        using var connection = new NpgsqlConnection(Current);
        NpgsqlConnection.ClearPool(connection);
    }

    // A worker cut off in the middle of a transaction must not hold its locks for longer than a statement may take.
    private static IEnumerable<(string Name, string Value)> WriterSettings(StoreOptions options, int answerSeconds)
    {
        yield return ("lock_timeout", FormattableString.Invariant($"{(long)options.LockTimeout.TotalMilliseconds}"));
        yield return ("idle_in_transaction_session_timeout", FormattableString.Invariant($"{1000L * Math.Max(answerSeconds, 1)}"));
        if (options.Durability is Durability.Normal) yield return ("synchronous_commit", "off");
    }

    // A table of another session's own, which the pooler has left behind, must not stand before the journal's.
    private Command Settings(string settings) => new Command($"SELECT {settings}").With($"{Address.QuotedSchema}, pg_temp");
}
