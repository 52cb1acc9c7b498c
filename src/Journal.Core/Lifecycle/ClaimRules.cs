namespace Journal.Lifecycle;

/// <summary>How much of what could be claimed is claimed together.</summary>
public static class ClaimRules
{
    /// <summary>
    /// A task that was in flight when a worker died is a suspect, and is claimed alone: whoever is claimed together with it would be accused
    /// of the next crash too.
    /// </summary>
    /// <param name="crashes">The crashes of the claimable tasks, in the order of claiming.</param>
    /// <returns>How many of them, from the first on, are claimed together.</returns>
    public static int Take(IReadOnlyList<int> crashes)
    {
        if (crashes.Count == 0) return 0;
        if (crashes[0] > 0) return 1;
        var count = 1;
        while (count < crashes.Count && crashes[count] == 0) count++;
        return count;
    }
}
