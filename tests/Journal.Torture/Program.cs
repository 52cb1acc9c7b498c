namespace Journal.Torture;

/// <summary>Tortures a journal, or is one of the workers that are tortured.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is [Working.WorkerOrder.Verb, ..]) return Working.WorkerProgram.Run(Working.WorkerOrder.Parse(arguments));
        if (arguments is [Working.WorkerOrder.ReadyVerb]) return Working.WorkerProgram.RunWhenAsked();
        if (arguments is [Working.MigrationWorker.Later or Working.MigrationWorker.Today, var location]) return Working.MigrationWorker.Run(arguments[0], location);
        if (arguments is [Working.CareWorker.Repair or Working.CareWorker.Restore, ..]) return Working.CareWorker.Run(arguments);
        if (arguments is [Working.PaceWorker.Verb, ..]) return Working.PaceWorker.Run(arguments);
        if (arguments is [Working.LivenessProbe.Verb, .. var asked]) return Working.LivenessProbe.Run(asked);
        if (TortureOptions.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(TortureOptions.Usage);
            return 2;
        }

        if (options.OnServer && Testing.PostgresServer.Binaries is null)
        {
            Console.Error.WriteLine("This machine has no PostgreSQL (initdb, pg_ctl; Debian's package is 'postgresql').");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        // What a shell starts in the background ignores Ctrl+C.
        using var told = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        var tally = TortureRun.Run(options, Console.Out.WriteLine, stop.Token);
        Console.WriteLine(tally);
        return tally.Violations == 0 ? 0 : 1;
    }
}
