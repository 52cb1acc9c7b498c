namespace Journal.Storage.Shared;

/// <summary>A row as an engine gives it, in the types that stores keep; columns from 0.</summary>
public interface IStoredRow
{
    /// <summary>A number that is there.</summary>
    long Integer(int column);

    /// <summary>A number, or null.</summary>
    long? IntegerOrNull(int column);

    /// <summary>A number with a fraction.</summary>
    double Real(int column);

    /// <summary>A number with a fraction, or null.</summary>
    double? RealOrNull(int column);

    /// <summary>A text, or null.</summary>
    string? Text(int column);
}
