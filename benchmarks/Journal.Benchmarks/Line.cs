using System.Globalization;
using System.Text.Json;

namespace Journal.Benchmarks;

/// <summary>A line of the table; bench.ps1 has the same columns.</summary>
/// <param name="What">What was measured.</param>
/// <param name="N">How many of it.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Beside">What it is compared with, and that figure.</param>
/// <param name="Figure">The ratio.</param>
/// <param name="Goal">What it should be; empty where it is only told.</param>
/// <param name="Met">Whether it is.</param>
internal sealed record Line(string What, int N, string Ours, string Beside, string Figure, string Goal, bool Met)
{
    /// <summary>For bench.ps1.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What,-58} {N,8} {Ours,14} {Beside,32} {Figure,22} {Goal,-14} {(Met ? "yes" : "NO")}");
}
