using System.Globalization;

namespace Journal;

/// <summary>Where the tasks of a batch stand with one of its stages.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Waiting">Tasks that wait for it.</param>
/// <param name="InProgress">Tasks in it.</param>
/// <param name="Done">Tasks that are past it.</param>
/// <param name="Failed">Tasks that failed in it.</param>
/// <param name="Retries">Attempts at it that failed and after which the task was, or is to be, tried again.</param>
/// <param name="FailedAttempts">Attempts at it that failed, whatever became of the task.</param>
/// <param name="MeanDuration">Of its completed attempts; null before the first.</param>
/// <param name="MedianDuration">Of its completed attempts (of two middle ones the lower); null before the first.</param>
/// <param name="P95Duration">Of its completed attempts (nearest rank); null before the first.</param>
public sealed record JournalStageSummary(
    string Stage, long Waiting, long InProgress, long Done, long Failed, long Retries, long FailedAttempts,
    TimeSpan? MeanDuration, TimeSpan? MedianDuration, TimeSpan? P95Duration) : IJsonRecord
{
    /// <summary>The members under their names; durations in seconds.</summary>
    public JsonMap ToJson() => JsonMap.From(new KeyValuePair<string, object?>[]
    {
        new(nameof(Stage), Stage),
        new(nameof(Waiting), Waiting),
        new(nameof(InProgress), InProgress),
        new(nameof(Done), Done),
        new(nameof(Failed), Failed),
        new(nameof(Retries), Retries),
        new(nameof(FailedAttempts), FailedAttempts),
        new(nameof(MeanDuration), MeanDuration?.TotalSeconds),
        new(nameof(MedianDuration), MedianDuration?.TotalSeconds),
        new(nameof(P95Duration), P95Duration?.TotalSeconds),
    });

    /// <summary>For example <c>Convert: 5 waiting, 2 in progress, 40 done, 1 failed</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Stage}: {Waiting} waiting, {InProgress} in progress, {Done} done, {Failed} failed");
}
