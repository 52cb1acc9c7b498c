using System.Globalization;
using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Policy;

/// <summary>Decides what becomes of a task in progress whose worker may be gone; docs/recovery.md says the same to users.</summary>
public static class RecoveryPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="task">The task, its lease and its batch's policy.</param>
    /// <param name="liveness">Whether its worker's process lives, as <see cref="IProcessTable.Probe(WorkerIdentity)"/> says; Unknown where the worker is.</param>
    /// <returns>
    /// Null when the task is its worker's: the lease holds, and the worker lives or cannot be asked. Else Recover; or Abandon, when the batch says
    /// <see cref="CrashAction.Fail"/> or this crash reaches <see cref="BatchOptions.CrashLimit"/>. Both moves carry the token of the lease they end.
    /// </returns>
    /// <remarks>
    /// A lease that ran out counts as a crash even when the process lives: leases are renewed by a thread of their own, so a process that did not
    /// renew for the whole length of one hangs or is suspended, the task may be why, and without the count it would do so for ever.
    /// </remarks>
    public static TaskMove? Decide(InFlightTask task, Liveness liveness)
    {
        if (liveness != Liveness.Dead && !task.LeaseExpired) return null;

        var worker = task.Worker is { } known ? $"worker {known.Name}" : "an unknown worker";
        var reason = liveness == Liveness.Dead ? $"{worker} died" : $"lease of {worker} expired";
        var crashes = task.Crashes + 1L;
        if (task.Options.OnCrash != CrashAction.Fail && crashes < task.Options.CrashLimit) return TaskMove.Recover(task.TaskId, task.Token, reason);

        var message = task.Options.OnCrash == CrashAction.Fail
            ? $"Abandoned: {reason} while it held this task, and the batch fails such a task at its first crash."
            : string.Create(CultureInfo.InvariantCulture, $"Abandoned: {reason} while it held this task, for the {Ordinal(crashes)} time; the task may be the cause.");
        return TaskMove.Abandon(task.TaskId, task.Token, new TaskError(JournalErrorCategory.Abandoned, message, Signature(liveness), "Abandoned"), reason);
    }

    // Not from the message: the worker's name would put every abandoned task into a group of its own.
    private static string Signature(Liveness liveness) => liveness == Liveness.Dead ? "Abandoned: worker died" : "Abandoned: lease expired";

    private static string Ordinal(long number) => string.Create(CultureInfo.InvariantCulture, $"{number}") + ((number % 100) is 11 or 12 or 13 ? "th" : (number % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    });
}
