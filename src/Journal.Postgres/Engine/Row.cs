using Npgsql;

namespace Journal.Postgres.Engine;

/// <summary>A row as the store's types, columns from 0.</summary>
internal readonly struct Row(NpgsqlDataReader reader) : IStoredRow
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Integer(int column) => reader.GetInt64(column);

    public long? IntegerOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public double Real(int column) => reader.GetDouble(column);

    public double? RealOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public Guid Digest(int column) => reader.GetGuid(column);

    public Guid? DigestOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

    public string Text(int column) => PlainText.Decode(reader.GetString(column));

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : Text(column);

    string? IStoredRow.Text(int column) => TextOrNull(column);

    public DateTimeOffset Time(int column) => Micros.ToTime(Integer(column));

    public DateTimeOffset? TimeOrNull(int column) => Micros.ToTime(IntegerOrNull(column));
}
