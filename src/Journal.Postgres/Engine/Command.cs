using Npgsql;
using NpgsqlTypes;

namespace Journal.Postgres.Engine;

/// <summary>A statement with its parameters, in the order of $1, $2, …; every text goes through <see cref="PlainText"/>.</summary>
internal sealed class Command(string sql)
{
    private readonly NpgsqlBatchCommand _command = new(sql);

    public string Sql => _command.CommandText;

    public NpgsqlBatchCommand ToBatchCommand() => _command;

    public Command With(long value) => Add(new NpgsqlParameter<long> { TypedValue = value });

    public Command With(long? value) => value is { } known ? With(known) : AddNull(NpgsqlDbType.Bigint);

    public Command With(int value) => Add(new NpgsqlParameter<int> { TypedValue = value });

    public Command With(int? value) => value is { } known ? With(known) : AddNull(NpgsqlDbType.Integer);

    public Command With(double value) => Add(new NpgsqlParameter<double> { TypedValue = value });

    public Command With(double? value) => value is { } known ? With(known) : AddNull(NpgsqlDbType.Double);

    public Command With(bool value) => Add(new NpgsqlParameter<bool> { TypedValue = value });

    public Command With(Guid value) => Add(new NpgsqlParameter<Guid> { TypedValue = value });

    public Command With(string? value) => value is null ? AddNull(NpgsqlDbType.Text) : Add(new NpgsqlParameter<string> { TypedValue = PlainText.Encode(value), NpgsqlDbType = NpgsqlDbType.Text });

    public Command With(IEnumerable<long> values) => Array(values.ToArray(), NpgsqlDbType.Bigint);

    public Command With(IEnumerable<long?> values) => Array(values.ToArray(), NpgsqlDbType.Bigint);

    public Command With(IEnumerable<int> values) => Array(values.ToArray(), NpgsqlDbType.Integer);

    public Command With(IEnumerable<int?> values) => Array(values.ToArray(), NpgsqlDbType.Integer);

    public Command With(IEnumerable<double> values) => Array(values.ToArray(), NpgsqlDbType.Double);

    public Command With(IEnumerable<Guid> values) => Array(values.ToArray(), NpgsqlDbType.Uuid);

    public Command With(IEnumerable<Guid?> values) => Array(values.ToArray(), NpgsqlDbType.Uuid);

    public Command With(IEnumerable<string?> values) =>
        Array(values.Select(static value => value is null ? null : PlainText.Encode(value)).ToArray(), NpgsqlDbType.Text);

    /// <summary>A value of the types that queries are built of.</summary>
    public Command WithAny(object? value) => value switch
    {
        null => AddNull(NpgsqlDbType.Text),
        string text => With(text),
        long number => With(number),
        Guid digest => With(digest),
        Guid[] digests => With(digests),
        string[] texts => With(texts),
        long[] numbers => With(numbers),
        _ => throw new ArgumentException($"{value.GetType()} is not a type that queries are built of.", nameof(value)),
    };

    private Command Array<T>(T[] values, NpgsqlDbType type) => Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });

    private Command AddNull(NpgsqlDbType type) => Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });

    private Command Add(NpgsqlParameter parameter)
    {
        _command.Parameters.Add(parameter);
        return this;
    }
}
