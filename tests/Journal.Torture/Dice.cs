namespace Journal.Torture;

/// <summary>Random numbers that follow from what they are asked for, in every process alike, as those of <see cref="HashCode"/> do not.</summary>
internal static class Dice
{
    public static Random Of(params ReadOnlySpan<long> seeds)
    {
        var mixed = 0x9E3779B97F4A7C15UL;
        foreach (var seed in seeds)
        {
            mixed = (mixed ^ (ulong)seed) * 0xBF58476D1CE4E5B9UL;
            mixed ^= mixed >> 29;
        }

        return new Random((int)(mixed >> 33));
    }
}
