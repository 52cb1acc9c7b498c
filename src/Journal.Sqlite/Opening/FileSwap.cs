using System.Globalization;
using Journal.Hosting;
using Journal.Sqlite.Engine;
using Journal.Storage;

namespace Journal.Sqlite.Opening;

/// <summary>
/// Puts a new file under a journal's name and keeps the old one, with its log, under another. Whatever moment the process ends in, the next one that
/// opens the journal finds it whole, old or new.
/// </summary>
/// <remarks>
/// The journal itself is exchanged in one step, but its log lies in a file of its own, and a log that is laid over another journal destroys it. So a
/// note beside the journal says what is being done; nobody opens the journal while the note is there, and whoever finds it and no carer at work
/// undoes what was begun, or ends what was done.
/// </remarks>
internal sealed class FileSwap
{
    /// <summary>What the note is called, behind the journal's name.</summary>
    public const string Suffix = ".swap";

    // Opening and closing take no longer than merging a log.
    private static readonly TimeSpan PatienceForOthers = TimeSpan.FromSeconds(10);

    private static readonly string[] SideFiles = ["-wal", "-shm"];

    private readonly string _journal;
    private readonly string _made;
    private readonly string _aside;
    private readonly FileIdentity? _old;

    private FileSwap(string journal, string made, string aside, FileIdentity? old) => (_journal, _made, _aside, _old) = (journal, made, aside, old);

    /// <summary>Called before each step with its name; for tests of what is left when a process ends there.</summary>
    internal static Action<string>? BeforeStep { get; set; }

    /// <summary>Whether somebody is at it, or died at it.</summary>
    public static bool IsUnderWay(string journal) => File.Exists(journal + Suffix);

    /// <summary>Does it.</summary>
    /// <param name="care">The right to.</param>
    /// <param name="journal">The journal's full path. Nothing need be there.</param>
    /// <param name="made">The new file, complete and closed.</param>
    /// <param name="aside">Where the old one goes, a name in the same folder that nothing has.</param>
    /// <exception cref="JournalException">JournalWriteFailed; the journal is then what it was.</exception>
    public static void Do(CareLock care, string journal, NewFile made, string aside)
    {
        ArgumentNullException.ThrowIfNull(care);
        try
        {
            made.Sync();
            var old = SystemCalls.Facts(journal)?.Identity;
            if (File.Exists(journal)) SystemCalls.TakeOver(journal, made.Path);
            if (Path.Exists(aside)) throw new IOException($"'{aside}' is there already.");
            // Not under the name of a file in the making, which somebody may clean up: after the exchange the old journal has it.
            var swap = new FileSwap(journal, aside + ".new", aside, old);
            // The new one, too: who waits to open the journal opens it as soon as it has the name, and its log is not to be taken for one of the old journal.
            using var opening = care.OwnOpening(journal, PatienceForOthers);
            using var openingMade = care.OwnOpening(made.Path, PatienceForOthers);
            swap.WriteNote();
            try
            {
                Step("new");
                SystemCalls.MoveToFreeName(made.Path, swap._made);
                swap.Forward();
            }
            catch (Exception e) when (SystemCalls.IsRefusal(e))
            {
                swap.Settle();
                if (SystemCalls.Facts(journal)?.Identity == old) throw;
            }
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalWriteFailed(journal, e.Message, e);
        }
    }

    /// <summary>Waits until a journal is under its name; where whoever was at it has died, brings it there.</summary>
    /// <exception cref="JournalException">JournalBusy: the other one did not come to an end; JournalAccessDenied.</exception>
    public static void Await(string journal, TimeSpan patience)
    {
        if (!IsUnderWay(journal)) return;
        if (!Patience.Try(patience, () => !IsUnderWay(journal) || TryFinish(journal))) throw JournalErrors.JournalBusy(journal, patience);
    }

    private static bool TryFinish(string journal)
    {
        using var care = CareLock.TryTake(journal, "recovered");
        if (care is null) return false;
        Finish(care, journal);
        return true;
    }

    /// <summary>Ends what a process that died has left.</summary>
    public static void Finish(CareLock care, string journal)
    {
        ArgumentNullException.ThrowIfNull(care);
        try
        {
            if (!IsUnderWay(journal)) return;
            if (File.ReadAllLines(journal + Suffix) is not [var made, var aside, var device, var number]) throw new IOException($"'{journal + Suffix}' cannot be read.");
            var old = ulong.TryParse(device, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
                ? new FileIdentity(first, second)
                : default(FileIdentity?);
            if (Path.GetFileName(made) != made || Path.GetFileName(aside) != aside) throw new IOException($"'{journal + Suffix}' names files that do not lie beside the journal.");
            var folder = Path.GetDirectoryName(journal)!;
            care.HoldClosing(journal, PatienceForOthers);
            var swap = new FileSwap(journal, Path.Combine(folder, made), Path.Combine(folder, aside), old);
            // Whichever of the two has the name, or gets it.
            using var opening = care.OwnOpening(journal, PatienceForOthers);
            using var openingMade = care.OwnOpening(swap._made, PatienceForOthers);
            swap.Settle();
        }
        catch (Exception e) when (SystemCalls.IsRefusal(e))
        {
            throw JournalErrors.JournalAccessDenied(journal, $"what was begun with it could not be ended: {e.Message}", e);
        }
    }

    private void WriteNote()
    {
        using var note = NewFile.For(_journal + Suffix);
        File.WriteAllLines(note.Path,
        [
            Path.GetFileName(_made), Path.GetFileName(_aside),
            _old?.Device.ToString(CultureInfo.InvariantCulture) ?? "-", _old?.Number.ToString(CultureInfo.InvariantCulture) ?? "-",
        ]);
        Step("note");
        note.MoveTo(_journal + Suffix);
    }

    private void Forward()
    {
        foreach (var part in SideFiles)
        {
            Step("log" + part);
            if (File.Exists(_journal + part)) SystemCalls.MoveToFreeName(_journal + part, _aside + part);
        }

        Step("exchange");
        if (!File.Exists(_journal)) SystemCalls.MoveToFreeName(_made, _journal);
        else if (OperatingSystem.IsWindows()) File.Replace(_made, _journal, _aside);
        else if (!SystemCalls.TryExchange(_made, _journal))
        {
            // A file system that cannot exchange two names: between these two steps the note tells where the journal is.
            SystemCalls.MoveToFreeName(_journal, _aside);
            Step("between");
            SystemCalls.MoveToFreeName(_made, _journal);
        }

        Conclude();
    }

    private void Settle()
    {
        if (_old is not null && SystemCalls.Facts(_journal)?.Identity == _old)
        {
            GiveBack();
            File.Delete(_made);
            RemoveNote();
            return;
        }

        if (!File.Exists(_journal))
        {
            if (File.Exists(_made))
            {
                SystemCalls.MoveToFreeName(_made, _journal);
            }
            else if (File.Exists(_aside))
            {
                SystemCalls.MoveToFreeName(_aside, _journal);
                GiveBack();
                RemoveNote();
                return;
            }
        }

        Conclude();
    }

    private void Conclude()
    {
        Step("aside");
        if (File.Exists(_made)) SystemCalls.MoveToFreeName(_made, _aside);
        foreach (var part in SideFiles)
        {
            Step("rest" + part);
            // Of somebody who opened the old one in the meantime; nothing was ever written to it.
            if (new FileInfo(_journal + part) is { Exists: true, Length: > 0 } && part == "-wal") SystemCalls.MoveToFreeName(_journal + part, _aside + ".late" + part);
            else File.Delete(_journal + part);
        }

        Step("sync");
        RemoveNote();
    }

    private void GiveBack()
    {
        foreach (var part in SideFiles)
        {
            if (!File.Exists(_aside + part)) continue;
            // Over one that somebody made who opened the journal in the meantime, and never wrote to.
            File.Move(_aside + part, _journal + part, overwrite: true);
        }
    }

    private void RemoveNote()
    {
        SystemCalls.SyncFolder(Path.GetDirectoryName(_journal)!);
        File.Delete(_journal + Suffix);
        SystemCalls.SyncFolder(Path.GetDirectoryName(_journal)!);
    }

    private static void Step(string name) => BeforeStep?.Invoke(name);
}
