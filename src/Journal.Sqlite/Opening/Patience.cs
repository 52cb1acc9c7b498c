using System.Diagnostics;
using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Opening;

/// <summary>Waiting for what another process does to the file, in the way of <see cref="Waiting"/>.</summary>
internal static class Patience
{
    /// <summary>Tries until it works.</summary>
    /// <returns>False when it did not within this time.</returns>
    public static bool Try(TimeSpan limit, Func<bool> attempt)
    {
        var since = Stopwatch.GetTimestamp();
        for (var count = 0; !attempt(); count++)
        {
            if (Stopwatch.GetElapsedTime(since) >= limit) return false;
            Waiting.Pause(count);
        }

        return true;
    }
}
