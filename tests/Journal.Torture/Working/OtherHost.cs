using Journal.Workers;

namespace Journal.Torture.Working;

/// <summary>The process table of one of several machines that share a journal: of workers on the others it knows nothing.</summary>
internal sealed class OtherHost(string name) : IProcessTable
{
    private readonly ProcessTable _real = ProcessTable.Instance;

    public WorkerIdentity NewWorker(string? label = null)
    {
        var worker = _real.NewWorker(label);
        return worker with { Host = name, ProcessSpace = name + "@" + worker.ProcessSpace };
    }

    public void Retire(WorkerIdentity worker) => _real.Retire(Real(worker));

    public Liveness Probe(WorkerIdentity worker) => worker.Host == name ? _real.Probe(Real(worker)) : Liveness.Unknown;

    public bool IsThisProcess(WorkerIdentity worker) => worker.Host == name && _real.IsThisProcess(Real(worker));

    private static WorkerIdentity Real(WorkerIdentity worker) => worker with { ProcessSpace = worker.ProcessSpace[(worker.ProcessSpace.IndexOf('@', StringComparison.Ordinal) + 1)..] };
}
