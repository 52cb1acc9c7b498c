namespace Journal.Runs;

/// <summary>
/// Finds the bad ones of a chunk, each of which has every call fail that it is in, with few calls: which group to call next follows from how the calls
/// before went. What was in a call that went well is never called again, and what is found bad has failed in a call of its own.
/// </summary>
/// <remarks>
/// <para>In a group that failed there is a bad one; it is looked for by halves. A half that goes well is done, and the bad one is in the other half, which is
/// not called as a whole for that. A half that fails is looked through in turn, and of the other half nothing is known: it waits, with all others of which
/// nothing is known, until the bad one is found. Of those a group is called that is twice as large as the last such group, where that went well, and half as
/// large, where it failed.</para>
/// <para>One bad one of <c>n</c> takes at most <c>log2 n + 4</c> calls, <c>d</c> of them at most <c>d · (log2 n + 2) + 2</c>, and all bad ones less than <c>2n</c>.
/// A bad one that is known by what went well beside it is called all the same: a failure may have had another cause, which is over.</para>
/// </remarks>
/// <typeparam name="T">What is called.</typeparam>
internal sealed class ChunkSearch<T>
{
    // Of which nothing is known.
    private readonly List<T> _unknown;
    // Among which there is a bad one.
    private List<T> _suspects = [];
    private List<T> _called = [];
    private int _size;

    /// <summary>A search in a chunk of which nothing is known.</summary>
    public ChunkSearch(IEnumerable<T> items)
    {
        _unknown = [.. items];
        _size = _unknown.Count;
    }

    /// <summary>Ends the search.</summary>
    /// <returns>What is not decided.</returns>
    public IReadOnlyList<T> GiveUp()
    {
        List<T> open = [.. _called, .. _suspects, .. _unknown];
        (_called, _suspects) = ([], []);
        _unknown.Clear();
        return open;
    }

    /// <summary>The group to call next; empty when all is decided.</summary>
    public IReadOnlyList<T> Next() => _called = _suspects.Count > 0 ? Take(_suspects, Math.Max(1, _suspects.Count / 2)) : Take(_unknown, Math.Min(_size, _unknown.Count));

    /// <summary>The call went well: all that were in it are done.</summary>
    public void Succeeded()
    {
        // Of a half of the suspects the other half has the bad one; else the next group is a larger one.
        if (_suspects.Count == 0) _size = Math.Max(_size, (int)Math.Min(int.MaxValue, _size * 2L));
        _called = [];
    }

    /// <summary>The call failed.</summary>
    /// <param name="isDecided">What of it is done all the same.</param>
    /// <returns>Whether it was of one, which is bad and done.</returns>
    public bool Failed(Predicate<T> isDecided)
    {
        var isAlone = _called.Count == 1;
        _unknown.InsertRange(0, _suspects);
        _called.RemoveAll(isDecided);
        _suspects = isAlone ? [] : _called;
        _called = [];
        if (_suspects.Count == 0) _size = Math.Max(1, Math.Min(_size, _unknown.Count) / 2);
        return isAlone;
    }

    private static List<T> Take(List<T> from, int count)
    {
        var taken = from.GetRange(0, count);
        from.RemoveRange(0, count);
        return taken;
    }
}
