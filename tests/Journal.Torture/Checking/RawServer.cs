using System.Globalization;
using Npgsql;

namespace Journal.Torture.Checking;

/// <summary>A schema on a server, through its driver, as it was at one instant: the dead may have left commits on their way.</summary>
internal sealed class RawServer : RawDatabase
{
    private readonly NpgsqlConnection _connection;

    /// <param name="connectionText">Of a user who may read everything.</param>
    /// <param name="schema">The journal's.</param>
    public RawServer(string connectionText, string schema)
    {
        _connection = new NpgsqlConnection(connectionText);
        _connection.Open();
        Rows($"SET search_path = {schema}");
        Rows("BEGIN ISOLATION LEVEL REPEATABLE READ");
    }

    public override List<object?[]> Rows(string sql)
    {
        try
        {
            using var command = new NpgsqlCommand(sql, _connection);
            using var reader = command.ExecuteReader();
            var rows = new List<object?[]>();
            while (reader.Read())
            {
                var row = new object?[reader.FieldCount];
                for (var i = 0; i < row.Length; i++) row[i] = Plain(reader.GetValue(i));
                rows.Add(row);
            }

            return rows;
        }
        catch (PostgresException e)
        {
            throw new InvalidDataException(e.MessageText, e);
        }
    }

    public override IReadOnlyList<string> Breakage() => [];

    public override void Dispose() => _connection.Dispose();

    private static object? Plain(object value) => value switch
    {
        DBNull => null,
        bool or short or int => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => value,
    };
}
