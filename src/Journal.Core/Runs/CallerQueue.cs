using System.Collections.Concurrent;

namespace Journal.Runs;

/// <summary>Work that other threads hand to the thread that called <see cref="BatchRunner.Run"/>: in PowerShell, only that one may write to the pipeline.</summary>
public sealed class CallerQueue
{
    private readonly ConcurrentQueue<Action> _actions = new();

    /// <summary>Raised, on the posting thread, when something was posted.</summary>
    internal event Action? Posted;

    /// <summary>Hands over an action. Any thread may.</summary>
    public void Post(Action action)
    {
        _actions.Enqueue(action);
        Posted?.Invoke();
    }

    internal bool IsEmpty => _actions.IsEmpty;

    internal void Drain()
    {
        while (_actions.TryDequeue(out var action)) action();
    }
}
