using Journal.Postgres;
using Journal.Sqlite;
using Journal.Storage;
using Journal.Torture.Injuring;
using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>A worker process: it works until its batch has ended or it is killed.</summary>
internal static class WorkerProgram
{
    /// <summary>The journal raised an error of its own; its id is on the error stream.</summary>
    public const int JournalError = 3;

    /// <summary>Something else was raised, which must never be.</summary>
    public const int Crash = 70;

    /// <summary>The journal's own check found something.</summary>
    public const int CheckFailed = 71;

    public static int Run(WorkerOrder order)
    {
        try
        {
            var onServer = order.Host.Length > 0;
            IJournalStoreFactory factory = onServer ? new PostgresStoreFactory() : new SqliteStoreFactory();
            IProcessTable processes = onServer ? new OtherHost(order.Host) : ProcessTable.Instance;
            using var ledger = new Ledger(order.Ledger);
            if (order.FileLimit > 0) Native.LimitFiles(order.FileLimit);
            if (order.User > 0) Native.BecomeUser(order.User);
            var time = new ShiftedTime(order.ClockError);
            using var store = factory.Open(new StoreOptions(order.Journal, StoreAccess.Write)
            {
                // On a server only the run goes by the worker's own clock.
                Time = onServer ? TimeProvider.System : time,
                Durability = order.Normal ? Durability.Normal : Durability.Full,
            });
            return order.Manner switch
            {
                WorkerManner.Bare => new BareWorker(store, order, ledger, processes).Run(),
                WorkerManner.Operator => new OperatorWorker(store, order, ledger, processes).Run(),
                _ => new RunnerWorker(store, order, ledger, time, processes).Run(),
            };
        }
        catch (JournalException e)
        {
            Console.Error.WriteLine($"{e.ErrorId}: {e.Message}");
            return JournalError;
        }
#pragma warning disable CA1031 // Whatever it is, it is the finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine(e);
            return Crash;
        }
    }
}
