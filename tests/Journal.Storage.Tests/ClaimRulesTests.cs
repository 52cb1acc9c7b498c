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
}
