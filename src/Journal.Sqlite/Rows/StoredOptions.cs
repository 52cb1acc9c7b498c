using System.Text.Json;

namespace Journal.Sqlite.Rows;

/// <summary>A batch's policy as it is stored.</summary>
internal static class StoredOptions
{
    /// <exception cref="JournalException">JournalCorrupt: what stands there was not written by us.</exception>
    public static BatchOptions Parse(string? json, string location)
    {
        try
        {
            return BatchOptions.Parse(json);
        }
        catch (JsonException e)
        {
            throw JournalErrors.JournalCorrupt(location, $"a batch's options cannot be read: {e.Message}", e);
        }
    }
}
