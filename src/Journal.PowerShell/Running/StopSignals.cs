using System.Runtime.InteropServices;

namespace Journal.Commands.Running;

/// <summary>
/// The ways a process is told to end that PowerShell does not pass on to cmdlets: SIGTERM (a service manager, a container), SIGHUP (a closing
/// terminal), SIGQUIT, and an exit ordered elsewhere in the process. While one of these is alive the tasks are given back first; after a signal
/// the process then ends with the exit code that a shell expects, 128 + the signal's number. A first Ctrl+C is PowerShell's to handle, and stops
/// the run as every stop does; a second one means: at once. On Windows SIGQUIT is Ctrl+Break, by which PowerShell starts its debugger: it is left alone.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // The pipeline, which says how to go on, may be in a block that does not end.
    private static readonly TimeSpan PatienceForPipeline = TimeSpan.FromSeconds(1);

    private readonly Func<bool> _stopGently;
    private readonly Action _stopNow;
    private readonly Action _tell;
    private readonly ManualResetEventSlim _told = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private int _interrupts;
    private bool _isEnding;
    private bool _isOver;

    /// <param name="stopGently">Lets the attempts under way end first, where the run gives them time for it; called on another thread, and only by the first signal. Whether all have ended.</param>
    /// <param name="stopNow">Gives the tasks back and returns when that is on the disk; called on another thread.</param>
    /// <param name="tell">Says so, where the pipeline did not.</param>
    /// <param name="takesInterrupts">Whether a second Ctrl+C means this run: not a job's, which goes on behind what the user interrupts.</param>
    public StopSignals(Func<bool> stopGently, Action stopNow, Action tell, bool takesInterrupts)
    {
        (_stopGently, _stopNow, _tell) = (stopGently, stopNow, tell);
        Register(PosixSignal.SIGTERM, 15);
        Register(PosixSignal.SIGHUP, 1);
        if (!OperatingSystem.IsWindows()) Register(PosixSignal.SIGQUIT, 3);
        if (takesInterrupts)
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
            {
                if (Interlocked.Increment(ref _interrupts) > 1) _stopNow();
            }));
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>The pipeline has said how to go on.</summary>
    public void Told() => _told.Set();

    /// <summary>Leaves the signals alone again. Does not return where one of them ends the process: no line of the script that follows may run, nor its end be the exit code.</summary>
    public void Dispose()
    {
        _told.Set();
        bool isEnding;
        lock (_gate)
        {
            isEnding = _isEnding;
            _isOver = true;
        }

        if (isEnding) new ManualResetEventSlim().Wait();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => _stopNow();

    private void Register(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        bool isFirst;
        lock (_gate)
        {
            if (_isOver) return;
            isFirst = !_isEnding;
            _isEnding = true;
        }

        context.Cancel = true;
        if (isFirst && _stopGently()) _told.Wait(PatienceForPipeline);
        _stopNow();
        if (!_told.Wait(PatienceForPipeline)) _tell();
        Environment.Exit(128 + number);
    }));
}
