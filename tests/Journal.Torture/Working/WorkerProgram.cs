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

    /// <summary>Waits for an order on the input, and ends when nobody is there any more who could give one, or could kill the worker.</summary>
    public static int RunWhenAsked()
    {
        WarmUp();
        var input = new StreamReader(Console.OpenStandardInput());
        if (input.ReadLine() is not { } line) return 0;
        new Thread(() =>
        {
            while (input.Read() >= 0) { }
            Native.Die();
        }) { IsBackground = true }.Start();
        return Run(WorkerOrder.Parse(line.Split('\t')));
    }

    // Does a few tasks of a journal of its own, so that the code is compiled when the order comes: what is killed later was at work, and not at its start.
    private static void WarmUp()
    {
        var folder = Directory.CreateTempSubdirectory("journal-warm-").FullName;
        try
        {
            string batchId;
            var journal = Path.Combine(folder, "journal.db");
            using (var store = new SqliteStoreFactory().Open(new StoreOptions(journal, StoreAccess.Create) { Durability = Durability.Normal }))
            {
                batchId = store.CreateBatch(new NewBatch("warm")).Id;
                store.AddTasks(batchId, [.. Enumerable.Range(1, 8).Select(static n => new NewTask($"task {n}", TaskInput.OfText("x")))]);
            }

            Run(new WorkerOrder(WorkerManner.Finisher, journal, batchId, Path.Combine(folder, "ledger"), 1) { Normal = true });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

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
            if (order.Manner == WorkerManner.Carer) return new CarerWorker(order, ledger).Run();
            var time = new ShiftedTime(order.ClockError);
            using var store = factory.Open(new StoreOptions(order.Journal, StoreAccess.Write)
            {
                // On a server only the run goes by the worker's own clock.
                Time = onServer ? TimeProvider.System : time,
                Durability = order.Normal ? Durability.Normal : Durability.Full,
            });
            if (!onServer)
            {
                _ = store.FindBatch(order.BatchId);
                if (OpenFile.Identity() is not { } identity) return 0;
                ledger.Opened(identity);
            }

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
