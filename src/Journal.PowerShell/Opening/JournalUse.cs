using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Opening;

/// <summary>Whether a journal may be repaired or replaced.</summary>
internal static class JournalUse
{
    /// <exception cref="JournalException">JournalInUse: workers that are not known to be dead hold tasks of it.</exception>
    public static void RefuseWhereSomebodyWorks(string location, IProcessTable processes)
    {
        if (!File.Exists(location)) return;
        try
        {
            using var present = StoreSet.Open(location, StoreAccess.Read, Durability.Full);
            // A lease that ran out is nobody's, whether its worker can be asked or not.
            var workers = present.ReadInFlight(null).Where(static task => !task.LeaseExpired).Select(static task => task.Worker).OfType<WorkerIdentity>().Distinct()
                .Count(worker => processes.Probe(worker, location) is not Liveness.Dead);
            if (workers > 0) throw JournalErrors.JournalInUse(location, $"{Amount.Of(workers, "worker")} that may live {(workers == 1 ? "holds" : "hold")} tasks of it");
        }
        catch (JournalException e) when (e.ErrorId is not nameof(JournalErrors.JournalInUse))
        {
            // That it cannot be read is why it is repaired or replaced; and a schema that is too old is migrated by nobody here.
        }
    }
}
