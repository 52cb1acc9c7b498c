using System.Net.Sockets;
using Npgsql;

namespace Journal.Postgres.Engine;

/// <summary>What goes wrong between the store and its server, as the journal's errors: nothing of the engine leaves the store.</summary>
internal static class EngineFailures
{
    /// <summary>Whether an exception is the engine's at all.</summary>
    public static bool IsEngine(Exception error) => error is NpgsqlException or SocketException or TimeoutException or IOException or UnauthorizedAccessException;

    /// <summary>Whether the server is not there, or not there any more, so that the same may work in a while.</summary>
    public static bool IsConnection(Exception error) => error switch
    {
        // 57P0x: the server stops, crashed, or starts, or ended an idle session; 25P03, 25P04: the transaction was idle, or went on, for too long; 53300: too many
        // are connected.
        PostgresException server => server.SqlState is "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "25P04" or "53300"
            || (server.SqlState.StartsWith("08", StringComparison.Ordinal) && RefusalOf(server) is null),
        NpgsqlException { InnerException: null } => false,
        // A passfile or a certificate that is not there, or not for us.
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => false,
        _ => IsEngine(error),
    };

    /// <summary>
    /// Whether the server is there and does not do this now: it takes no writes, because another one takes its place (25006); a statement ran out of time or
    /// was canceled (57014). What is connected may be the wrong server by now.
    /// </summary>
    public static bool IsNotReady(Exception error) => error is PostgresException { SqlState: "25006" or "57014" };

    /// <summary>Whether the transaction lost against another one and can be tried again at once.</summary>
    public static bool IsConflict(Exception error) => error is PostgresException { SqlState: "40001" or "40P01" };

    /// <summary>
    /// Lets go of what was read through. The driver ends a query and a snapshot with the server's help; where that is gone, what was read is read
    /// all the same, and whoever asks next is told.
    /// </summary>
    public static void LetGo(IDisposable source)
    {
        try
        {
            source.Dispose();
        }
        catch (Exception e) when (IsEngine(e))
        {
            // As said.
        }
    }

    public static JournalException From(Exception error, string location, TimeSpan lockTimeout)
    {
        var detail = Detail(error);
        var inner = new EngineException(detail);
        if (IsConnection(error)) return JournalErrors.JournalUnreachable(location, detail, inner);
        if (IsNotReady(error)) return JournalErrors.JournalNotReady(location, detail, inner);
        if (error is PostgresException refused && RefusalOf(refused) is { } refusal) return JournalErrors.UnsupportedJournal(location, $"{detail} {refusal}");
        return (error as PostgresException)?.SqlState switch
        {
            null => JournalErrors.JournalAccessDenied(location, detail, inner),
            "3D000" => JournalErrors.UnsupportedJournal(location, detail),
            "55P03" or "40001" or "40P01" => JournalErrors.JournalBusy(location, lockTimeout, inner),
            "42501" => JournalErrors.JournalAccessDenied(location, detail, inner),
            var state when state.StartsWith("28", StringComparison.Ordinal) => JournalErrors.JournalAccessDenied(location, detail, inner),
            "XX001" or "XX002" => JournalErrors.JournalCorrupt(location, detail, inner),
            _ => JournalErrors.JournalWriteFailed(location, detail, inner),
        };
    }

    // What a pooler between will say each time.
    private static string? RefusalOf(PostgresException error) =>
        error.SqlState != "08P01" ? null
        : error.MessageText.Contains("statement pooling", StringComparison.Ordinal) ? "The pooler between must give a connection for a whole transaction: pool_mode = transaction or session."
        : error.MessageText.Contains("startup parameter", StringComparison.Ordinal) ? "The pooler between does not take what the address says of the session (options, PGOPTIONS): leave it out."
        : null;

    private static string Detail(Exception error) => error switch
    {
        PostgresException server => $"{server.MessageText} (PostgreSQL {server.SqlState}).",
        { InnerException: { } cause } => $"{error.Message.TrimEnd('.')} ({cause.Message.TrimEnd('.')}).",
        _ => error.Message.TrimEnd('.') + ".",
    };
}

/// <summary>What the server or its driver said, as the inner exception of the journal's error.</summary>
internal sealed class EngineException(string message) : Exception(message);
