namespace Journal.Workers;

/// <summary>
/// Who holds a lease: a process of a host, told apart from a later process with the same id by its start time, and from another worker in
/// the same process by a short random id.
/// </summary>
/// <param name="Host">The machine's name, for people.</param>
/// <param name="ProcessSpace">Where process ids mean the same thing: the boot of the machine and the process namespace. Only a worker of the same space can be asked whether it lives.</param>
/// <param name="ProcessId">The process id in that space.</param>
/// <param name="ProcessStart">When the process started, in a form that never changes during its life; compared, not shown.</param>
/// <param name="Nonce">A short random text.</param>
/// <param name="Label">What the user calls it (<c>-Worker</c>); null for the usual name.</param>
public sealed record WorkerIdentity(string Host, string ProcessSpace, int ProcessId, string ProcessStart, string Nonce, string? Label = null)
{
    /// <summary>What the journal calls the worker: the label, or <c>host:pid:nonce</c>.</summary>
    public string Name => Label ?? $"{Host}:{ProcessId}:{Nonce}";
}
