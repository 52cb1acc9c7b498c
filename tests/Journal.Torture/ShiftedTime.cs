namespace Journal.Torture;

/// <summary>A clock that is wrong by a fixed amount; its timers and its stopwatch are right.</summary>
internal sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
}
