namespace Journal.Interchange.Mapping;

/// <summary>Names as different systems write them: <c>createdAt</c>, <c>CreatedAt</c>, <c>created_at</c> and <c>created-at</c> are one.</summary>
internal static class FieldNames
{
    /// <summary>What all spellings of a name have in common.</summary>
    public static string Fold(string name)
    {
        Span<char> folded = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        var length = 0;
        foreach (var c in name)
        {
            if (c is not ('_' or '-' or ' ' or '.')) folded[length++] = char.ToLowerInvariant(c);
        }

        return new string(folded[..length]);
    }
}
