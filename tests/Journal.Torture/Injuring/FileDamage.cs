namespace Journal.Torture.Injuring;

/// <summary>Injuries to the files of a journal that nobody has open.</summary>
internal static class FileDamage
{
    private const int PageSize = 4096;
    private const int SectorSize = 512;

    /// <summary>Whether committed work may be gone after it.</summary>
    public static bool LosesCommits(Fault fault) => fault is Fault.LogDeleted or Fault.LogCut or Fault.LogFlipped || HitsPages(fault);

    /// <summary>Whether it hits the file itself.</summary>
    public static bool HitsPages(Fault fault) => fault is Fault.PageZeroed or Fault.SectorScrambled;

    /// <summary>Makes it.</summary>
    /// <returns>Whether there was something to injure.</returns>
    public static bool Do(Fault fault, string journal, Random dice)
    {
        var log = WriteAheadLog.Of(journal);
        switch (fault)
        {
            case Fault.IndexDeleted:
                File.Delete(journal + "-shm");
                return true;
            case Fault.PageZeroed or Fault.SectorScrambled:
                return HitPage(fault, journal, log?.Pages ?? new HashSet<long>(), dice);
            case Fault.LogDeleted or Fault.LogCut or Fault.LogFlipped when log is not null:
                // A log that was not begun to be merged takes its last commits with it; one that was leaves a file of two times.
                if (dice.Next(3) > 0) log.MergeHalf(dice);
                if (fault == Fault.LogDeleted) log.Delete();
                else if (fault == Fault.LogCut) log.Cut(dice);
                else log.Flip(dice);
                return true;
            default:
                return false;
        }
    }

    // The first page tells that the file is a journal: without it there is nothing to be saved.
    private static bool HitPage(Fault fault, string journal, IReadOnlySet<long> covered, Random dice)
    {
        using var file = File.OpenWrite(journal);
        var pages = Enumerable.Range(2, (int)(file.Length / PageSize) - 1).Where(page => !covered.Contains(page)).ToList();
        if (pages.Count == 0) return false;
        var bytes = new byte[fault == Fault.PageZeroed ? PageSize : SectorSize];
        if (fault == Fault.SectorScrambled) dice.NextBytes(bytes);
        file.Position = ((pages[dice.Next(pages.Count)] - 1L) * PageSize) + (dice.Next(PageSize / bytes.Length) * bytes.Length);
        file.Write(bytes);
        return true;
    }
}
