using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Journal.Runs;

namespace Journal.Commands.Running;

/// <summary>
/// A run of a batch as a PowerShell job: what <c>Invoke-JournalBatch -AsJob</c> emits. It is one object without child jobs, and what the run writes is in
/// its streams.
/// </summary>
/// <remarks>
/// The state tells of the run, not of its tasks: Completed where the run came to an end, also with tasks that failed or a batch that was paused; Failed where
/// the run itself could not go on, with the error in the error stream; Stopped where the job was stopped, with the tasks under way given back.
/// </remarks>
public sealed class JournalBatchJob : Job
{
    // The run waits a shorter time than this for blocks that do not stop.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GiveUpLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly Lock _gate = new();
    private string _status = "";
    private JobWork? _work;
    private Runspace? _primary;

    /// <param name="name">The name of the job; null for the one that PowerShell makes.</param>
    /// <param name="command">The text of the work.</param>
    /// <param name="batchId">The batch; null where there is none.</param>
    /// <param name="work">What it does.</param>
    internal JournalBatchJob(string? name, string command, string? batchId, JobWork work)
        : base(command, name)
    {
        (BatchId, _work) = (batchId, work);
        PSJobTypeName = "JournalBatch";
    }

    /// <summary>The id of the batch that the job runs; null where there was nothing to run.</summary>
    public string? BatchId { get; }

    /// <summary>Whether there is something that Receive-Job has not taken.</summary>
    public override bool HasMoreData => Output.Count + Error.Count + Warning.Count + Verbose.Count + Debug.Count + Information.Count + Progress.Count > 0;

    /// <summary>Where it runs.</summary>
    public override string Location => "PowerShell";

    /// <summary>How far the run is, or was.</summary>
    public override string StatusMessage => Volatile.Read(ref _status);

    /// <summary>Stops the run as Ctrl+C does, and returns when it has ended: tasks under way are given back, the batch is Paused.</summary>
    public override void StopJob() => StopJob(Volatile.Read(ref _work)?.StopTimeout ?? TimeSpan.Zero);

    private void StopJob(TimeSpan patience)
    {
        lock (_gate)
        {
            if (_ended.IsSet) return;
            if (JobStateInfo.State is JobState.Running) SetJobState(JobState.Stopping);
        }

        _stop.Cancel();
        if (!_ended.Wait(LongWait.Step(patience + StopLimit)))
        {
            // Something holds the run up that is not to be waited for; its tasks are given back all the same.
            Volatile.Read(ref _work)?.GiveUp();
            if (!_ended.Wait(GiveUpLimit)) End(JobState.Stopped);
        }

        // Until the state says so.
        lock (_gate) { }
    }

    /// <summary>Begins, on a thread of its own, which keeps no process alive.</summary>
    /// <param name="primary">The runspace whose end closes all others, while their blocks are at work: the job ends before that. Null where there is none.</param>
    internal void Start(Runspace? primary)
    {
        _primary = primary;
        if (primary is not null) primary.StateChanged += OnPrimary;
        SetJobState(JobState.Running);
        new Thread(Work) { IsBackground = true, Name = "Journal job" }.Start();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended.IsSet) StopJob();
        base.Dispose(disposing);
    }

    private void OnPrimary(object? sender, RunspaceStateEventArgs e)
    {
        if (e.RunspaceStateInfo.State is not RunspaceState.Opened) StopJob(TimeSpan.Zero);
    }

    private void Work()
    {
        var work = _work!;
        try
        {
            using (work)
            {
                _status = work.Run(new JobStreams(this, work.TellHost), _stop.Token) ?? _status;
            }

            End(work.IsStopped ? JobState.Stopped : JobState.Completed);
        }
#pragma warning disable CA1031 // Whatever ends the run is the job's error: there is nobody above it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            End(JobState.Failed, e is JournalException known ? known.ToErrorRecord() : new ErrorRecord(e, "RunFailed", ErrorCategory.NotSpecified, BatchId));
        }
    }

    // Once: a run that was not waited for any longer may end after the job.
    private void End(JobState state, ErrorRecord? error = null)
    {
        lock (_gate)
        {
            if (_ended.IsSet) return;
            // Nothing of the run is kept by a job that is over.
            Volatile.Write(ref _work, null);
            if (_primary is not null) _primary.StateChanged -= OnPrimary;
            _primary = null;
            if (error is not null) Error.Add(error);
            // Whoever hears of the state may dispose of the job right there, on this thread.
            _ended.Set();
            SetJobState(state);
        }
    }

    /// <summary>The streams of the job, as those of its run.</summary>
    private sealed class JobStreams(JournalBatchJob job, Action<string> tellHost) : IRunStreams
    {
        private readonly Dictionary<int, ProgressRecord> _bars = [];

        /// <inheritdoc/>
        public bool IsStopping => job._stop.IsCancellationRequested;

        /// <inheritdoc/>
        public void WriteObject(object? item) => job.Output.Add(item is null ? null! : PSObject.AsPSObject(item));

        /// <inheritdoc/>
        public void WriteError(ErrorRecord error) => job.Error.Add(error);

        /// <inheritdoc/>
        public void WriteWarning(string text) => job.Warning.Add(new WarningRecord(text));

        /// <inheritdoc/>
        public void WriteVerbose(string text) => job.Verbose.Add(new VerboseRecord(text));

        /// <inheritdoc/>
        public void WriteInformation(object line, string[] tags)
        {
            var record = new InformationRecord(line, "Invoke-JournalBatch");
            record.Tags.AddRange(tags);
            job.Information.Add(record);
        }

        /// <inheritdoc/>
        /// <remarks>Of each bar only the latest record is kept: nobody may receive them for days.</remarks>
        public void WriteProgress(ProgressRecord progress)
        {
            var isOver = progress.RecordType is ProgressRecordType.Completed;
            if (progress.ParentActivityId < 0 && !isOver) job._status = progress.StatusDescription;
            // A bar that nobody has seen need not be taken away.
            var isUnseen = !_bars.Remove(progress.ActivityId, out var before) || job.Progress.Remove(before);
            if (isOver && isUnseen) return;
            job.Progress.Add(progress);
            if (!isOver) _bars[progress.ActivityId] = progress;
        }

        /// <inheritdoc/>
        public void WriteSaid(object record, string? key)
        {
            switch (record)
            {
                case ErrorRecord error when ErrorOutputTail.IsErrorOutput(error): job.Error.Add(ErrorOutputTail.Line(error, key)); break;
                case ErrorRecord error: job.Error.Add(error); break;
                case WarningRecord warning: job.Warning.Add(warning); break;
                case VerboseRecord verbose: job.Verbose.Add(verbose); break;
                case DebugRecord debug: job.Debug.Add(debug); break;
                case InformationRecord information: job.Information.Add(information); break;
            }
        }

        /// <inheritdoc/>
        public void TellHost(string warning) => tellHost(warning);
    }
}

/// <summary>What a <see cref="JournalBatchJob"/> does: it runs a batch, or emits what there is where nothing is to be run.</summary>
/// <param name="stores">The journals that it works with; closed when it is done.</param>
/// <param name="tellHost">Shows a warning where the process ends before the job.</param>
internal sealed class JobWork(IDisposable stores, Action<string> tellHost) : IDisposable
{
    private BatchRun? _run;

    /// <summary>How to run the batch; null where nothing is run.</summary>
    public Func<IRunStreams, BatchRun>? Begin { get; init; }

    /// <summary>What to emit where nothing is run.</summary>
    public IEnumerable<object?> Items { get; init; } = [];

    /// <summary>How long tasks under way may go on when it is stopped.</summary>
    public TimeSpan StopTimeout { get; init; }

    /// <summary>Whether a stop ended it before it was done.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Does it, on the job's thread.</summary>
    /// <param name="streams">Where to.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>How far the batch is, in words; null where nothing was run.</returns>
    public string? Run(IRunStreams streams, CancellationToken stop)
    {
        if (Begin is null)
        {
            foreach (var item in Items)
            {
                if (IsStopped = stop.IsCancellationRequested) break;
                streams.WriteObject(item);
            }

            return null;
        }

        var run = Begin(streams);
        Volatile.Write(ref _run, run);
        try
        {
            var result = run.Run(stop);
            IsStopped = result.End is RunEnd.Interrupted;
            return RunMessages.Done(result.State.Counts);
        }
        finally
        {
            // What is in the job's streams has arrived.
            run.Settle(isStopping: false);
        }
    }

    /// <summary>Gives every task back at once. Any thread may call.</summary>
    public void GiveUp() => Volatile.Read(ref _run)?.GiveUp();

    /// <summary>Shows a warning where the process ends before the job.</summary>
    public void TellHost(string warning) => tellHost(warning);

    /// <inheritdoc/>
    public void Dispose() => stores.Dispose();
}
