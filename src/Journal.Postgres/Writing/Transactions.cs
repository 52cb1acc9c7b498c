using Journal.Postgres.Reading;
using Journal.Postgres.Engine;
using Journal.Postgres.Opening;
using Journal.Storage;
using Journal.Workers;
using Npgsql;

namespace Journal.Postgres.Writing;

/// <summary>
/// Runs write transactions, each exactly once: one that lost against another, or that the connection broke under, is begun anew; one whose commit
/// was on its way is asked after, because the server knows what became of every transaction.
/// </summary>
internal sealed class Transactions(Connections connections, Catalog catalog, ServerClock clock, long space, StoreOptions options)
{
    // Against others, a transaction may lose a few times in a row under load; a connection breaks once, or the server is gone.
    private const int MostConflicts = 10;
    private const int MostBreaks = 2;

    // Of each request whose outcome is not known yet: the transaction that carried it, and what it would have answered.
    private readonly Dictionary<object, Doubt> _doubts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Does something in one transaction.</summary>
    /// <param name="by">Who writes.</param>
    /// <param name="work">Does, or queues, what is to be done, and gives what makes the answer once that is committed.</param>
    /// <param name="request">What is asked for, as an object: should the server go away with its answer, the same object asked for again is not done twice.</param>
    public T Run<T>(WorkerIdentity? by, Func<WriteSession, Func<T>> work, object? request = null)
    {
        if (request is not null && Resolve(request) is { } known) return (T)known();
        for (int conflicts = 0, breaks = 0; ;)
        {
            WriteSession? session = null;
            Func<T>? answer = null;
            try
            {
                using var connection = connections.Open();
                try
                {
                    session = new WriteSession(connection, catalog, clock, space, connections, by);
                    answer = work(session);
                    session.Commit();
                    return answer();
                }
                catch
                {
                    RollBack(connection);
                    throw;
                }
            }
            catch (Exception e) when (EngineFailures.IsConflict(e) && ++conflicts < MostConflicts)
            {
            }
            catch (Exception e) when (EngineFailures.IsConnection(e))
            {
                ForgetServer();
                if (session is { IsCommitting: true, Transaction: { } transaction } && answer is not null)
                {
                    var doubt = new Doubt(transaction, () => answer()!);
                    if (request is not null) lock (_doubts) _doubts[request] = doubt;
                    if (WasCommitted(doubt))
                    {
                        Forget(request);
                        return answer();
                    }

                    Forget(request);
                }

                if (++breaks >= MostBreaks) throw EngineFailures.From(e, connections.Location, options.LockTimeout);
            }
            catch (Exception e) when (EngineFailures.IsEngine(e))
            {
                if (EngineFailures.IsNotReady(e)) ForgetServer();
                throw EngineFailures.From(e, connections.Location, options.LockTimeout);
            }
        }
    }

    // The answer to a request that turns out to have been carried out; null when it was not, or was never asked.
    private Func<object>? Resolve(object request)
    {
        Doubt? doubt;
        lock (_doubts) if (!_doubts.TryGetValue(request, out doubt)) return null;
        var committed = WasCommitted(doubt);
        Forget(request);
        return committed ? doubt.Answer : null;
    }

    private void ForgetServer()
    {
        connections.Forget();
        catalog.Clear();
    }

    private void Forget(object? request)
    {
        if (request is not null) lock (_doubts) _doubts.Remove(request);
    }

    /// <exception cref="JournalException">JournalUnreachable, when the server cannot be asked.</exception>
    private bool WasCommitted(Doubt doubt)
    {
        try
        {
            using var connection = connections.Open();
            var status = "in progress";
            // A session that was cut off may not have noticed. It belongs to this role, so it can be ended; the commit it was told of is then done, or never will be.
            while (status == "in progress")
            {
                new Pipeline(connection)
                    .Add(new Command("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE backend_xid = ($1::text)::xid").With((doubt.Transaction & uint.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture)), static _ => { })
                    .Add(new Command("SELECT COALESCE(pg_xact_status(($1::text)::xid8), 'forgotten')").With(doubt.Transaction.ToString(System.Globalization.CultureInfo.InvariantCulture)), row => status = row.Text(0))
                    .Send();
            }

            return status == "committed";
        }
        catch (PostgresException e) when (e.SqlState == "22023")
        {
            // A number from the future: another server took over, which never heard of the transaction.
            return false;
        }
        catch (Exception e) when (EngineFailures.IsEngine(e))
        {
            ForgetServer();
            throw EngineFailures.From(e, connections.Location, options.LockTimeout);
        }
    }

    private static void RollBack(NpgsqlConnection connection)
    {
        if (connection.FullState != System.Data.ConnectionState.Open) return;
        try
        {
            new Pipeline(connection).Add(new Command("ROLLBACK")).Send();
        }
        catch (Exception e) when (EngineFailures.IsEngine(e))
        {
            // The server rolls back what it lost the client of.
        }
    }

    private sealed record Doubt(long Transaction, Func<object> Answer);
}
