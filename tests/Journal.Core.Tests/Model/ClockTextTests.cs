using System.Runtime.CompilerServices;
using Journal.Interchange.Mapping;

namespace Journal.Tests.Model;

/// <summary>.NET reads 26:00:00 as 26 days. Whatever reads a length of time from text reads 26 hours.</summary>
public sealed class ClockTextTests
{
    [Theory]
    [InlineData("26:00:00", 26.0)]
    [InlineData("24:00:00", 24.0)]
    [InlineData("48:30", 48.5)]
    [InlineData("100:00:36", 100.01)]
    [InlineData("23:30:00", 23.5)]
    [InlineData("1:30", 1.5)]
    [InlineData("1.02:00:00", 26.0)]
    [InlineData(" 26:00:00 ", 26.0)]
    [InlineData("2", 48.0)]
    public void A_length_of_time_is_read_in_hours(string text, double hours) => Assert.Equal(TimeSpan.FromHours(hours), ClockText.Parse(text));

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("26:60:00")]
    [InlineData("26:00:00:00:00")]
    [InlineData("999999999999:00:00")]
    [InlineData("99999999999999999999:00:00")]
    [InlineData("-26:00:00x")]
    public void What_is_none_is_none(string text) => Assert.Null(ClockText.Parse(text));

    [Fact]
    public void A_rate_limit_a_renewal_and_an_imported_duration_are_read_so()
    {
        Assert.Equal(TimeSpan.FromHours(26), RateLimit.Parse("10/26:00:00").Period);
        Assert.Equal(TimeSpan.FromHours(26), QuotaReset.Parse("26:00:00").Period);
        Assert.Equal(TimeSpan.FromHours(26), Scalars.Duration("26:00:00", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Nothing_else_in_the_product_reads_one_as_dotnet_does() => Assert.Equal(
        ["ClockText.cs"],
        Directory.EnumerateFiles(SourceRoot(), "*.cs", SearchOption.AllDirectories)
            .Where(static file => File.ReadAllText(file).Contains("TimeSpan.TryParse(", StringComparison.Ordinal) || File.ReadAllText(file).Contains("TimeSpan.Parse(", StringComparison.Ordinal))
            .Select(Path.GetFileName));

    private static string SourceRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src"));
}
