using System.Text.Json;

namespace Journal.Storage.Parts;

/// <summary>A batch's policy as it is stored.</summary>
public static class StoredOptions
{
    /// <summary>The policy of a stored text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="location">The journal, for the error.</param>
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
