using Journal.Postgres.Engine;
using Journal.Storage;
using Npgsql;

namespace Journal.Postgres.Opening;

/// <summary>What a journal asks of the server and of what lies between, found out at opening and not by the first write that fails.</summary>
internal static class ServerCheck
{
    private const string Ask = "SELECT pg_backend_pid()::bigint, current_setting('server_encoding'), current_setting('transaction_read_only') = 'on', pg_is_in_recovery()";

    /// <summary>Opens a connection to a server that will do.</summary>
    /// <param name="connections">Where.</param>
    /// <param name="access">What for.</param>
    /// <param name="clock">Hears what the server's clock says.</param>
    /// <exception cref="JournalException">UnsupportedEncoding, JournalAccessDenied (to write, where the server lets nobody write).</exception>
    public static NpgsqlConnection Open(Connections connections, StoreAccess access, ServerClock clock)
    {
        for (; ;)
        {
            var connection = connections.Open();
            try
            {
                if (IsFit(connections, connection, access, clock)) return connection;
            }
            catch
            {
                EngineFailures.LetGo(connection);
                throw;
            }

            connection.Dispose();
        }
    }

    private static bool IsFit(Connections connections, NpgsqlConnection connection, StoreAccess access, ServerClock clock)
    {
        long backend = 0;
        var encoding = "";
        bool isReadOnly = false, isStandby = false;
        new Pipeline(connection)
            .Add(new Command("BEGIN"))
            .Add(new Command(Ask), row => (backend, encoding, isReadOnly, isStandby) = (row.Integer(0), row.Text(1), row.Flag(2), row.Flag(3)))
            .Add(new Command(ServerClock.Ask), row => clock.Hear(row.Integer(0)))
            .Add(new Command("COMMIT"))
            .Send();
        if (!connections.IsAsKnown(connection, backend)) return false;
        if (encoding != "UTF8") throw JournalErrors.UnsupportedEncoding(connections.Location, encoding);
        if (access is not StoreAccess.Read && isReadOnly)
        {
            throw JournalErrors.JournalAccessDenied(connections.Location, isStandby
                ? "the server is a standby, which takes no writes."
                : "the server, the database or the role is set to read only (default_transaction_read_only), so nothing can be written.");
        }

        return true;
    }
}
