using System.Globalization;
using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>A process that says whether a worker lives, from wherever it was started: in a namespace, as another user, behind a /proc that hides others.</summary>
internal static class LivenessProbe
{
    public const string Verb = "probe";

    /// <summary>The arguments that ask for a worker.</summary>
    public static string[] Ask(WorkerIdentity worker) =>
        [Verb, worker.Host, worker.ProcessSpace, worker.ProcessId.ToString(CultureInfo.InvariantCulture), worker.ProcessStart];

    public static int Run(string[] arguments)
    {
        var worker = arguments is ["self"]
            ? ProcessTable.Instance.NewWorker() with { Nonce = "another" }
            : new WorkerIdentity(arguments[0], arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture), arguments[3], "another");
        Console.WriteLine(ProcessTable.Instance.Probe(worker));
        return 0;
    }
}
