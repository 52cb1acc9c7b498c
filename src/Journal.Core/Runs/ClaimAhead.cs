namespace Journal.Runs;

/// <summary>How many tasks a worker should hold beyond those it runs: many when they are short, so that one commit serves many; none when they are long, so that no other worker waits for them.</summary>
public static class ClaimAhead
{
    /// <summary>The most that is ever held ahead.</summary>
    public const int Limit = 256;

    /// <summary>Other workers find work again within this time, whatever we hold.</summary>
    public static readonly TimeSpan WorkAhead = TimeSpan.FromMilliseconds(20);

    /// <summary>How many tasks to hold in all.</summary>
    /// <param name="degree">How many run at once.</param>
    /// <param name="meanSeconds">How long one takes; null when nothing is known yet.</param>
    public static int Target(int degree, double? meanSeconds)
    {
        if (meanSeconds is not { } mean) return degree;
        var ahead = mean <= 0 ? Limit : WorkAhead.TotalSeconds * degree / mean;
        return degree + (int)Math.Min(Limit, ahead);
    }
}
