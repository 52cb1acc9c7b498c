using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Running;

/// <summary>What becomes of the results of a run when its pipeline is over. The worker of the run lives until then.</summary>
internal sealed class Delivery
{
    private readonly IProcessTable _processes;
    private IReadOnlyList<AttemptReport> _unreported = [];
    private State _state = State.Unknown;

    public Delivery(IJournalStore store, JournalBatch batch, IProcessTable processes, string? label)
    {
        _processes = processes;
        Worker = processes.NewWorker(label);
        Outbox = new ResultOutbox(store, batch, Worker);
    }

    private enum State
    {
        /// <summary>The journal failed, or nothing was run: what was written is in doubt.</summary>
        Unknown,

        /// <summary>The run was stopped in order.</summary>
        Stopped,

        /// <summary>The run has written everything.</summary>
        Ended,
    }

    /// <summary>The worker of the run.</summary>
    public WorkerIdentity Worker { get; }

    /// <summary>What is written to the pipeline.</summary>
    public ResultOutbox Outbox { get; }

    /// <summary>Objects that wait for the next run.</summary>
    public long Waiting => Outbox.Waiting(_unreported);

    /// <summary>The run was stopped.</summary>
    /// <param name="unreported">Ends of attempts that are recorded and were not told.</param>
    public void Stopped(IReadOnlyList<AttemptReport> unreported) => (_state, _unreported) = (State.Stopped, unreported);

    /// <summary>The run has written everything.</summary>
    public void Ended() => _state = State.Ended;

    /// <summary>The process is about to end, on another thread than the pipeline's.</summary>
    /// <param name="unreported">Ends of attempts that were not told.</param>
    public void Abandon(IReadOnlyList<AttemptReport> unreported)
    {
        try
        {
            Outbox.Abandon(unreported);
        }
        catch (JournalException)
        {
            // All of it stays in doubt, and the next run says so.
        }
    }

    /// <summary>What a batch has kept, for a line that runs nothing of it.</summary>
    public static IEnumerable<object?> Kept(IJournalStore store, JournalBatch batch) => store.ReadResults(new ResultQuery { BatchIds = [batch.Id] }).SelectMany(ResultCodec.Decode);

    /// <summary>The pipeline is over.</summary>
    /// <param name="isStopping">Whether somebody stopped it: after the end of the run, that was another command, with all that it held.</param>
    public void Settle(bool isStopping)
    {
        try
        {
            if (_state is State.Unknown || (_state is State.Ended && isStopping)) return;
            Outbox.Settle(_unreported, _state is State.Stopped);
        }
        catch (JournalException)
        {
            // All of it stays in doubt, and the next run says so.
        }
        finally
        {
            _processes.Retire(Worker);
        }
    }
}
