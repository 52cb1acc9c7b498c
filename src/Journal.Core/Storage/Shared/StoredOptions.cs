using System.Text.Json;

namespace Journal.Storage.Shared;

/// <summary>A batch's policy as it is stored.</summary>
public static class StoredOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>The policy of a stored text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="location">The journal, for the error.</param>
    /// <exception cref="JournalException">JournalCorrupt: what stands there was not written by us.</exception>
    public static BatchOptions Parse(string? json, string location)
    {
        try
        {
            return WithinTime(BatchOptions.Parse(json));
        }
        catch (JsonException e)
        {
            throw JournalErrors.JournalCorrupt(location, $"a batch's options cannot be read: {e.Message}", e);
        }
    }

    // From somebody else's file, or from somebody who asked for ever: added to the present, it must still be a time.
    private static BatchOptions WithinTime(BatchOptions options) => options with
    {
        LeaseTimeout = Within(options.LeaseTimeout, TimeSpan.FromMilliseconds(1)),
        RetryDelay = Within(options.RetryDelay, TimeSpan.Zero),
        MaxRetryDelay = Within(options.MaxRetryDelay, TimeSpan.Zero),
    };

    private static TimeSpan Within(TimeSpan time, TimeSpan least) => time < least ? least : time > Longest ? Longest : time;
}
