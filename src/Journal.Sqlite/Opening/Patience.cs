using System.Diagnostics;

namespace Journal.Sqlite.Opening;

/// <summary>Waiting for another process, which tells nobody when it is done: asked again and again, as SQLite does with its own locks.</summary>
internal static class Patience
{
    /// <summary>Tries until it works.</summary>
    /// <returns>False when it did not within this time.</returns>
    public static bool Try(TimeSpan limit, Func<bool> attempt)
    {
        var since = Stopwatch.GetTimestamp();
        while (!attempt())
        {
            if (Stopwatch.GetElapsedTime(since) >= limit) return false;
            Thread.Sleep(1);
        }

        return true;
    }
}
