using System.Diagnostics;

namespace Journal.Postgres.Engine;

/// <summary>
/// The server's clock, by which leases run: every worker goes by the same one, whatever its machine's says. Between two trips to the server it is
/// told from the time that has passed here since.
/// </summary>
/// <param name="given">A clock that the journal was opened with in place of the server's; null for the server's.</param>
internal sealed class ServerClock(TimeProvider? given)
{
    public const string Ask = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private readonly Lock _gate = new();
    private long _told;
    private long _at;

    /// <summary>Takes note of what the server said just now; gives the time to go by.</summary>
    public long Hear(long micros)
    {
        if (given is not null) return Micros.From(given.GetUtcNow());
        lock (_gate)
        {
            _told = micros;
            _at = Stopwatch.GetTimestamp();
        }

        return micros;
    }

    /// <summary>The time now.</summary>
    public DateTimeOffset Now
    {
        get
        {
            if (given is not null) return given.GetUtcNow();
            lock (_gate) return Micros.ToTime(_told) + Stopwatch.GetElapsedTime(_at);
        }
    }
}
