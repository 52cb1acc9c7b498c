using Journal.Lifecycle;

namespace Journal.Storage.Tests;

/// <summary>Who is claimed together with a task that may kill its worker is accused of the next crash too.</summary>
public sealed class ClaimRulesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3, 0, 0, 0)]
    [InlineData(2, 0, 0, 1, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 2, 1)]
    public void A_suspect_is_claimed_alone(int together, params int[] crashes) => Assert.Equal(together, ClaimRules.Take(crashes));

    [Theory]
    [InlineData(2, 1, 1, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 2, 2, 2)]
    [InlineData(3, 0, 0, 0, 1)]
    public void Suspects_of_a_chunk_of_4_are_claimed_in_halves_and_alone_when_the_next_crash_fails_them(int together, params int[] crashes) =>
        Assert.Equal(together, ClaimRules.Take(crashes, chunk: 4, crashLimit: 3));

    [Theory]
    [InlineData(64, 0, 3, 64)]
    [InlineData(64, 1, 3, 32)]
    [InlineData(64, 2, 3, 1)]
    [InlineData(64, 3, 9, 8)]
    [InlineData(64, 7, 9, 1)]
    [InlineData(64, 1, 1, 1)]
    [InlineData(10_000, 40, int.MaxValue, 1)]
    public void Each_crash_halves_the_chunk(int chunk, int crashes, int limit, int together) => Assert.Equal(together, ClaimRules.Together(chunk, crashes, limit));
}
