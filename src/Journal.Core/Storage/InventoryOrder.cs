namespace Journal.Storage;

/// <summary>Which inputs come first where not all shall be added.</summary>
public static class InventoryOrder
{
    /// <summary>By priority, highest first; then by weight, largest first, because long work that begins late is what everybody waits for; then as they came.</summary>
    public static IEnumerable<NewTask> MostWanted(IEnumerable<NewTask> tasks) =>
        tasks.OrderByDescending(static task => task.Priority).ThenByDescending(static task => task.Weight);
}
