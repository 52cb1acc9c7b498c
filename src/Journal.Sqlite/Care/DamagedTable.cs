using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Care;

/// <summary>Reads a table around its damaged pages: up to the damage, then from behind it, then back towards it.</summary>
internal sealed class DamagedTable(Database database, string select, string key)
{
    /// <summary>Where rows may be missing.</summary>
    public List<string> Gaps { get; } = [];

    /// <summary>Gives every row that can be read; its first column is the key. A row may come twice.</summary>
    public void ReadAll(Action<Statement> row)
    {
        var position = long.MinValue;
        while (!Read($"{key} > ? ORDER BY {key}", [position], row, ref position))
        {
            var behind = FirstBehind(position);
            var reached = behind ?? long.MaxValue;
            Read($"{key} > ? AND {key} < ? ORDER BY {key} DESC", [position, reached], row, ref reached);
            Gaps.Add(FormattableString.Invariant($"from {position} to {(behind is null && reached == long.MaxValue ? "the end" : reached)}"));
            if (behind is null) return;
            position = behind.Value - 1;
        }
    }

    // Looks twice as far each time: a page holds some dozens of rows, an inner page some thousands.
    private long? FirstBehind(long position)
    {
        var start = Math.Max(position, 0);
        for (long step = 1; step < long.MaxValue / 4; step *= 2)
        {
            long? found = null;
            var ignored = 0L;
            if (Read($"{key} > ? ORDER BY {key} LIMIT 1", [start + step], row => found = row.Integer(0), ref ignored)) return found;
        }

        return null;
    }

    private bool Read(string condition, object?[] values, Action<Statement> row, ref long position)
    {
        try
        {
            using var rows = database.Prepare($"{select} WHERE {condition}");
            rows.BindAll(values);
            while (rows.Step())
            {
                row(rows);
                position = rows.Integer(0);
            }

            return true;
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalCorrupt))
        {
            return false;
        }
    }
}
