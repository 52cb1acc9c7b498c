using Journal.Sqlite.Engine;

namespace Journal.Sqlite.Maintenance;

/// <summary>Reads a table around its damaged pages: up to the damage, then from behind it, then back towards it.</summary>
internal sealed class DamagedTable(Database database, string select, string key, long now)
{
    /// <summary>Where rows may be missing.</summary>
    public List<string> Gaps { get; } = [];

    /// <summary>Gives every row that can be read; its first column is the key. A row may come twice.</summary>
    public void ReadAll(Action<Statement> row)
    {
        var position = long.MinValue;
        void Forward(Statement found)
        {
            row(found);
            // In a damaged page keys may be out of order, but what was passed is not looked at again.
            position = Math.Max(position, found.Integer(0));
        }

        while (!Read($"{key} > ?2 ORDER BY {key}", [position], Forward))
        {
            var behind = FirstBehind(position);
            var reached = behind ?? long.MaxValue;
            Read($"{key} > ?2 AND {key} < ?3 ORDER BY {key} DESC", [position, reached], found =>
            {
                row(found);
                reached = found.Integer(0);
            });
            Gaps.Add(FormattableString.Invariant($"from {(position == long.MinValue ? "the first" : position)} to {(behind is null && reached == long.MaxValue ? "the end" : reached)}"));
            if (behind is null) return;
            position = behind.Value - 1;
        }
    }

    // Looks twice as far each time: a page holds some dozens of rows, an inner page some thousands.
    private long? FirstBehind(long position)
    {
        var start = Math.Max(position, 0);
        for (long step = 1; step < (long.MaxValue - start) / 2; step *= 2)
        {
            long? found = null;
            if (!Read($"{key} > ?2 ORDER BY {key} LIMIT 1", [start + step], row => found = row.Integer(0))) continue;
            // A search through a damaged page may end before where it was to begin: that leads in circles.
            if (found is null || found > start + step) return found;
        }

        return null;
    }

    private bool Read(string condition, object?[] values, Action<Statement> row)
    {
        try
        {
            using var rows = database.Prepare($"{select} WHERE {condition}");
            rows.BindAll([now, .. values]);
            while (rows.Step()) row(rows);
            return true;
        }
        catch (JournalException e) when (e.ErrorId == nameof(JournalErrors.JournalCorrupt))
        {
            return false;
        }
    }
}
