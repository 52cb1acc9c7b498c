using Npgsql;

namespace Journal.Postgres.Engine;

/// <summary>Statements that are sent together: one trip to the server, in which they run one after the other.</summary>
internal sealed class Pipeline(NpgsqlConnection connection)
{
    private readonly List<Command> _commands = [];
    private readonly List<Action<Row>> _readers = [];

    /// <summary>Whether anything waits to be sent.</summary>
    public bool IsEmpty => _commands.Count == 0;

    /// <summary>How many rows the last sending changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Seconds that an answer may take; 0 for as long as it takes.</summary>
    public int Patience { get; set; } = connection.CommandTimeout;

    /// <summary>A statement that gives no rows.</summary>
    public Pipeline Add(Command command)
    {
        _commands.Add(command);
        return this;
    }

    /// <summary>A statement that gives rows.</summary>
    public Pipeline Add(Command command, Action<Row> read)
    {
        _commands.Add(command);
        _readers.Add(read);
        return this;
    }

    /// <summary>Sends what was added, and has the rows read in their order.</summary>
    public void Send()
    {
        if (_commands.Count == 0) return;
        using var batch = new NpgsqlBatch(connection) { Timeout = Patience };
        foreach (var command in _commands) batch.BatchCommands.Add(command.ToBatchCommand());
        using var reader = batch.ExecuteReader();
        var row = new Row(reader);
        for (var i = 0; i < _readers.Count; i++)
        {
            while (reader.Read()) _readers[i](row);
            reader.NextResult();
        }

        reader.Close();
        Changes = Math.Max(reader.RecordsAffected, 0);
        _commands.Clear();
        _readers.Clear();
    }

    /// <summary>Sends one statement and streams its rows.</summary>
    public IEnumerable<Row> Stream(Command command)
    {
        Send();
        using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(command.ToBatchCommand());
        using var reader = batch.ExecuteReader();
        var row = new Row(reader);
        while (reader.Read()) yield return row;
    }
}
