namespace Journal.Torture.Checking;

/// <summary>
/// Whether every file that was the journal for a while, one after another, keeps what was reported into it, and what was reported into those that it
/// was repaired from. A report belongs to the file that its worker had open, whatever has the name by now.
/// </summary>
internal static class SuccessionChecker
{
    /// <summary>Checks them.</summary>
    /// <param name="files">In the order in which they were the journal; the last one is.</param>
    /// <param name="ledgers">What workers were told, by the file that they had open.</param>
    /// <param name="keys">The tasks that each must have.</param>
    /// <param name="tally">Where what was looked at is counted.</param>
    /// <param name="start">From where on the histories are told.</param>
    /// <param name="look">Opens a file.</param>
    public static IReadOnlyList<string> Check(
        IReadOnlyList<KeptFile> files, IReadOnlyDictionary<string, LedgerLines> ledgers, IReadOnlyCollection<string> keys, Tally tally, Baseline? start, Func<KeptFile, RawDatabase> look)
    {
        var problems = new List<string>();
        foreach (var (identity, ledger) in ledgers)
        {
            if (ledger.Recorded.Count + ledger.Added.Count > 0 && !files.Any(file => file.Identity == identity)) problems.Add($"{ledger.Recorded.Count} reports were made into file {identity}, which is nowhere.");
        }

        var inherited = new LedgerLines();
        foreach (var file in files)
        {
            var own = inherited;
            if (ledgers.TryGetValue(file.Identity, out var ledger)) own = own.And(ledger);
            using (var database = look(file))
            {
                problems.AddRange(JournalChecker.Check(database, tally, own, keys.Concat(own.Added), start).Select(problem => $"{System.IO.Path.GetFileName(file.Path)}: {problem}"));
            }

            inherited = file.WasRepaired ? own : new LedgerLines();
        }

        return problems;
    }
}
