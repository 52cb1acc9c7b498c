using System.Globalization;
using Journal.Sqlite;
using Journal.Sqlite.Opening;
using Journal.Storage;
using Journal.Torture.Injuring;

namespace Journal.Torture.Working;

/// <summary>A process that repairs or restores a journal, and may be killed at a step of it or find the disk full.</summary>
internal static class CareWorker
{
    public const string Repair = "repair";
    public const string Restore = "restore";

    /// <summary>The arguments: what to do, the journal, the backup or nothing, where the old one goes, the step to die before (0: none), the most bytes that a file may have (0: any), whether to force it.</summary>
    public static string[] Order(string verb, string journal, string backup, string aside, int step = 0, long limit = 0, bool force = false) =>
        [verb, journal, backup, aside, step.ToString(CultureInfo.InvariantCulture), limit.ToString(CultureInfo.InvariantCulture), force ? "force" : "ask"];

    public static int Run(string[] arguments)
    {
        var (verb, journal, backup, aside) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        var (step, limit) = (int.Parse(arguments[4], CultureInfo.InvariantCulture), long.Parse(arguments[5], CultureInfo.InvariantCulture));
        var force = arguments[6] == "force";
        var steps = 0;
        FileSwap.BeforeStep = _ =>
        {
            if (++steps == step) Native.Die();
        };
        if (limit > 0) Native.LimitFiles(limit);
        try
        {
            var factory = new SqliteStoreFactory();
            var options = new StoreOptions(journal, StoreAccess.Create);
            if (verb == Repair) factory.Repair(options, aside, force);
            else factory.Restore(options, backup, aside, force);
            Console.WriteLine(steps);
            return 0;
        }
        catch (JournalException e)
        {
            Console.Error.WriteLine($"{e.ErrorId}: {e.Message}");
            return WorkerProgram.JournalError;
        }
    }
}
