using Journal.Runs;

namespace Journal.Core.Tests.Runs;

/// <summary>A chunk with bad tasks is not worth more calls than it takes to find them, and nobody is called again who is done.</summary>
public sealed class ChunkSearchTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 10)]
    [InlineData(2, 18)]
    [InlineData(3, 25)]
    public void Of_64_so_many_bad_ones_are_found_within_so_many_calls_wherever_they_are(int bad, int calls)
    {
        var worst = Choices(64, bad).Max(static positions => Search(64, positions));

        Assert.Equal(calls, worst);
    }

    [Fact]
    public void The_calls_grow_with_the_bad_ones_and_the_logarithm_of_the_chunk_and_stay_below_two_for_each_task()
    {
        var random = new Random(3);
        for (var n = 1; n < 140; n++)
        {
            for (var bad = 1; bad <= n; bad++)
            {
                var positions = Enumerable.Range(0, n).OrderBy(_ => random.Next()).Take(bad).ToHashSet();
                var most = Math.Min(2 * n, (bad * (Math.Ceiling(Math.Log2(n)) + 2)) + 2);
                var calls = Search(n, positions);
                Assert.True(calls <= most, $"{calls} calls for {bad} bad ones of {n}; at most {most} are promised.");
            }
        }
    }

    [Theory]
    [InlineData(1000, new[] { 0 }, 12)]
    [InlineData(1000, new[] { 999 }, 12)]
    [InlineData(1000, new[] { 0, 999 }, 22)]
    [InlineData(1000, new[] { 499, 500 }, 23)]
    public void Large_chunks_take_few_calls_more(int n, int[] positions, int calls) => Assert.Equal(calls, Search(n, [.. positions]));

    [Fact]
    public void What_is_decided_in_a_call_that_fails_is_not_called_again()
    {
        var search = new ChunkSearch<int>([1, 2, 3, 4]);
        Assert.Equal([1, 2, 3, 4], search.Next());

        Assert.False(search.Failed(static item => item != 3));

        Assert.Equal([3], search.Next());
        Assert.True(search.Failed(static _ => false));
        Assert.Empty(search.Next());
    }

    [Fact]
    public void A_failure_that_does_not_come_again_makes_nobody_bad()
    {
        var search = new ChunkSearch<int>(Enumerable.Range(0, 8));
        search.Next();
        search.Failed(static _ => false);
        var done = new List<int>();
        while (search.Next() is { Count: > 0 } group)
        {
            done.AddRange(group);
            search.Succeeded();
        }

        Assert.Equal(Enumerable.Range(0, 8), done.Order());
    }

    [Fact]
    public void What_is_given_up_is_all_that_is_not_decided()
    {
        var search = new ChunkSearch<int>(Enumerable.Range(0, 8));
        search.Next();
        search.Failed(static _ => false);
        var good = search.Next();
        search.Succeeded();
        search.Next();

        Assert.Equal(Enumerable.Range(0, 8).Except(good), search.GiveUp().Order());
        Assert.Empty(search.Next());
    }

    // Plays the calls, and checks what holds for each item: a good one is in one call that goes well, a bad one fails alone, and nothing is called after that.
    private static int Search(int n, HashSet<int> bad)
    {
        var search = new ChunkSearch<int>(Enumerable.Range(0, n));
        var done = new HashSet<int>();
        var calls = 0;
        while (search.Next() is { Count: > 0 } group)
        {
            calls++;
            Assert.DoesNotContain(group, done.Contains);
            if (group.Any(bad.Contains))
            {
                if (search.Failed(static _ => false)) Assert.True(done.Add(Assert.Single(group)));
                continue;
            }

            search.Succeeded();
            done.UnionWith(group);
        }

        Assert.Equal(n, done.Count);
        return calls;
    }

    private static IEnumerable<HashSet<int>> Choices(int n, int count)
    {
        if (count == 0) return [[]];
        return Choose([], 0);

        IEnumerable<HashSet<int>> Choose(int[] chosen, int from) => chosen.Length == count
            ? [[.. chosen]]
            : Enumerable.Range(from, n - from).SelectMany(next => Choose([.. chosen, next], next + 1));
    }
}
