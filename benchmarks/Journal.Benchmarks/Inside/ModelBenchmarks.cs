using BenchmarkDotNet.Attributes;
using Journal.Storage;

namespace Journal.Benchmarks.Inside;

/// <summary>What each row costs on its way in and out.</summary>
[MemoryDiagnoser]
public class ModelBenchmarks
{
    private const string Json = """{"subject":"AI","size":123456,"tags":["a","b"],"nested":{"x":1.5}}""";

    private static readonly JsonMap Map = JsonMap.Parse(Json);
    private static readonly TextPattern Pattern = TextPattern.Wildcard("*/2024/*.jpg");

    /// <summary>A task's metadata, read.</summary>
    [Benchmark]
    public object ParseMetadata() => JsonMap.Parse(Json);

    /// <summary>The same, written.</summary>
    [Benchmark]
    public string WriteMetadata() => Map.ToString();

    /// <summary>A key against a wildcard.</summary>
    [Benchmark]
    public bool Match() => Pattern.Matches("/photos/2024/08/IMG_4711.jpg");
}
