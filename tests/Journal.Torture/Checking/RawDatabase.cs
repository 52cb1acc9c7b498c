namespace Journal.Torture.Checking;

/// <summary>A journal's tables as its engine alone shows them, without any of the journal's code.</summary>
internal abstract class RawDatabase : IDisposable
{
    /// <summary>What a null is among numbers.</summary>
    public const long Nothing = long.MinValue;

    /// <summary>All rows: long, double, string or null.</summary>
    /// <exception cref="InvalidDataException">The engine cannot read them.</exception>
    public abstract List<object?[]> Rows(string sql);

    /// <summary>What the engine itself finds wrong with what it keeps.</summary>
    public abstract IReadOnlyList<string> Breakage();

    /// <summary>The numbers of all rows.</summary>
    public IEnumerable<long[]> Numbers(string sql) => Rows(sql).Select(static row => row.Select(static value => (long?)value ?? Nothing).ToArray());

    public abstract void Dispose();
}
