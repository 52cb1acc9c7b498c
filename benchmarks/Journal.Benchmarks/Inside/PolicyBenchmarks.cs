using BenchmarkDotNet.Attributes;
using Journal.Lifecycle;
using Journal.Policy;
using Journal.Policy.Classifying;

namespace Journal.Benchmarks.Inside;

/// <summary>What is decided about each attempt that fails.</summary>
[MemoryDiagnoser]
public class PolicyBenchmarks
{
    private static readonly string LongPath = @"C:\photos\2024\" + new string('x', 400);
    private static readonly ErrorFacts Refused = new("The remote server returned 429 (Too Many Requests) for https://example.org/items/4711", new HttpRequestException("429"));
    private static readonly Classification Network = ErrorClassifier.Classify(new ErrorFacts("reset", new System.Net.Sockets.SocketException(104)));

    /// <summary>The signature of an ordinary message.</summary>
    [Benchmark]
    public string Signature() => ErrorSignature.Of("Cannot find path '/photos/2024/08/IMG_4711.jpg' because it does not exist (attempt 3 of 4).");

    /// <summary>The signature of a long one.</summary>
    [Benchmark]
    public string LongSignature() => ErrorSignature.Of(LongPath);

    /// <summary>The category of an error, by its message.</summary>
    [Benchmark]
    public object Classify() => ErrorClassifier.Classify(Refused);

    /// <summary>What to do about it.</summary>
    [Benchmark]
    public object Decide() => RetryPolicy.Decide(BatchOptions.Default, null, 2, Network, DateTimeOffset.UnixEpoch, 0.5);

    /// <summary>A move, with its rule.</summary>
    [Benchmark]
    public object Move() => TaskMove.Complete(1, 1, TaskReport.Nothing).Rule;
}
