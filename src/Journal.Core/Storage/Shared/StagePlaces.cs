using System.Globalization;

namespace Journal.Storage.Shared;

/// <summary>Stages, which users name, as the numbers that each batch gives them.</summary>
public static class StagePlaces
{
    /// <summary>The condition that a row is of one of some stages; null where no batch has any of them.</summary>
    public static string? Condition(IEnumerable<BatchFacts> batches, IReadOnlyList<string> stages, string batchColumn, string stageColumn)
    {
        var places = batches
            .SelectMany(batch => stages.Select(stage => (batch.Number, Index: batch.IndexOf(stage))))
            .Where(static place => place.Index is not null)
            .GroupBy(static place => place.Index!.Value, static place => place.Number)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"({stageColumn} = {group.Key} AND {batchColumn} IN ({string.Join(", ", group.Distinct())}))"))
            .ToList();
        return places.Count == 0 ? null : string.Join(" OR ", places);
    }
}
