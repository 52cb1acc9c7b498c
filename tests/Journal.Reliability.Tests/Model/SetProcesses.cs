using Journal.Workers;

namespace Journal.Reliability.Tests.Model;

/// <summary>Workers that live until they are said to be dead.</summary>
internal sealed class SetProcesses : IProcessTable
{
    private readonly HashSet<string> _dead = [];
    private int _made;

    public WorkerIdentity NewWorker(string? label = null) => new("host", "space", ++_made, "start", $"{_made:x6}", label);

    public void Retire(WorkerIdentity worker) => _dead.Add(worker.Nonce);

    public Liveness Probe(WorkerIdentity worker) => _dead.Contains(worker.Nonce) ? Liveness.Dead : Liveness.Alive;

    public bool IsThisProcess(WorkerIdentity worker) => false;
}
