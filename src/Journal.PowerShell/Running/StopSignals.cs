using System.Runtime.InteropServices;

namespace Journal.Commands.Running;

/// <summary>
/// The ways a process is told to end that PowerShell does not pass on to cmdlets: SIGTERM (a service manager, a container), SIGHUP (a closing
/// terminal) and SIGQUIT. While one of these is alive such a signal gives the tasks back first, and then ends the process with the exit code
/// that a shell expects, 128 + the signal's number.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly Action _stopNow;
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="stopNow">Gives the tasks back and returns when that is on the disk; called on another thread.</param>
    public StopSignals(Action stopNow)
    {
        _stopNow = stopNow;
        Register(PosixSignal.SIGTERM, 15);
        Register(PosixSignal.SIGHUP, 1);
        Register(PosixSignal.SIGQUIT, 3);
    }

    /// <summary>Leaves the signals alone again.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Register(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _stopNow();
        Environment.Exit(128 + number);
    }));
}
