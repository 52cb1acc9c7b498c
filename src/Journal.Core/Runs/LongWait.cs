namespace Journal.Runs;

/// <summary>Waits of any length: a timer of .NET takes no more than 49.7 days and a wait handle half of that, so a longer one is made of steps.</summary>
public static class LongWait
{
    /// <summary>The longest step.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    /// <summary>How long to wait before looking again how long there is left.</summary>
    public static TimeSpan Step(TimeSpan left) => left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest;
}
