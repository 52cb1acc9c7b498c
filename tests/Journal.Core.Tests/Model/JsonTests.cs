using System.Collections;

namespace Journal.Tests.Model;

public class JsonTests
{
    // Text as it can be stored: a lone surrogate has no UTF-8 form.
    private static readonly Gen<string> WellFormed = Law.AnyText.Select(static text => new string([.. text.Where(static c => !char.IsSurrogate(c))]) + "📷");

    private static readonly Gen<object?> Scalar = Gen.OneOf(
        Gen.Constant<object?>(null),
        WellFormed.Select(static text => (object?)text),
        ArbMap.Default.GeneratorFor<long>().Select(static number => (object?)number),
        ArbMap.Default.GeneratorFor<bool>().Select(static flag => (object?)flag),
        Gen.Elements<object?>(0.5, -1.25e-7, 3.5e300));

    private static Gen<object?> Value(int depth) => depth == 0
        ? Scalar
        : Gen.OneOf(Scalar, Value(depth - 1).ListOf().Select(static items => (object?)items.ToList()), Map(depth - 1).Select(static map => (object?)map));

    private static Gen<Dictionary<string, object?>> Map(int depth) =>
        Gen.Zip(WellFormed, Value(depth)).ListOf().Select(static members =>
        {
            var map = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in members) map[name] = value;
            return map;
        });

    [Fact]
    public void A_value_comes_back_from_the_journal_as_it_was_or_a_resume_would_run_on_another_input() =>
        Law.Holds(Value(3), static value => Same(value, JsonValues.Parse(JsonValues.ToJson(value))));

    [Fact]
    public void Metadata_comes_back_as_it_was() => Law.Holds(Map(2), static members =>
        JsonMap.Parse(JsonMap.From(members).ToString()) is var map && map.Count == members.Count && members.All(member => Same(member.Value, map[member.Key])));

    [Fact]
    public void A_list_of_files_comes_back_as_it_was() => Law.Holds(WellFormed.ListOf(), static texts =>
        JsonList.Parse(JsonList.From(texts).ToString()).SequenceEqual(texts));

    [Theory]
    [InlineData(double.NaN, "\"NaN\"")]
    [InlineData(double.PositiveInfinity, "\"Infinity\"")]
    [InlineData(0.1, "0.1")]
    public void A_number_that_JSON_does_not_know_becomes_text_instead_of_an_error(double number, string json) =>
        Assert.Equal(json, JsonValues.ToJson(number));

    [Fact]
    public void Dates_keep_their_offset_and_numbers_their_digits()
    {
        Assert.Equal("\"2026-03-01T12:00:00.0000000+02:00\"", JsonValues.ToJson(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2))));
        Assert.Equal("18446744073709551615", JsonValues.ToJson(ulong.MaxValue));
        Assert.Equal("79228162514264337593543950335", JsonValues.ToJson(decimal.MaxValue));
        Assert.Equal("[1,2]", JsonValues.ToJson(new byte[] { 1, 2 }));
    }

    [Fact]
    public void A_value_that_holds_itself_ends()
    {
        var map = new Hashtable { ["a"] = 1 };
        map["self"] = map;
        Assert.NotNull(JsonValues.Parse(JsonValues.ToJson(map)));
    }

    [Fact]
    public void A_map_is_asked_in_any_case_as_PowerShell_users_do()
    {
        var map = JsonMap.From([new("Subject", "AI"), new("subject", "Go")]);
        Assert.Equal("Go", map["SUBJECT"]);
        Assert.Single(map);
        Assert.Equal("Go", ((IDictionary)map)["sUbject"]);
        Assert.Null(((IDictionary)map)["other"]);
    }

    [Fact]
    public void Laying_one_map_over_another_keeps_what_it_does_not_name()
    {
        var map = JsonMap.From([new("a", 1L), new("b", 2L)]).With(JsonMap.From([new("B", 3L), new("c", 4L)]));
        Assert.Equal([1L, 3L, 4L], new[] { map["a"], map["b"], map["c"] });
        Assert.Equal(3, map.Count);
    }

    [Fact]
    public void A_map_cannot_be_changed_in_place_because_that_would_not_reach_the_journal()
    {
        var map = (IDictionary)JsonMap.From([new("a", 1L)]);
        Assert.Throws<NotSupportedException>(() => map["a"] = 2);
        Assert.Throws<NotSupportedException>(() => map.Add("b", 2));
        Assert.Throws<NotSupportedException>(map.Clear);
        Assert.Throws<NotSupportedException>(() => map.Remove("a"));
    }

    [Fact]
    public void Text_that_is_no_object_is_an_error_on_first_use()
    {
        foreach (var read in new Action[] { static () => _ = JsonMap.Parse("[1]").Count, static () => _ = JsonMap.Parse("{").Count, static () => _ = JsonList.Parse("{}").Count })
        {
            Assert.Equal(nameof(JournalErrors.UnreadableJson), Assert.Throws<JournalException>(read).ErrorId);
        }

        Assert.Throws<JournalException>(() => JsonMap.Parse(string.Concat(Enumerable.Repeat("""{"a":""", 100_000))).Count);
        Assert.Empty(JsonMap.Parse(null));
        Assert.Empty(JsonList.Parse(""));
    }

    private static bool Same(object? a, object? b) => (a, b) switch
    {
        (Dictionary<string, object?> x, Dictionary<string, object?> y) => x.Count == y.Count && x.All(member => y.TryGetValue(member.Key, out var value) && Same(member.Value, value)),
        (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(static pair => Same(pair.First, pair.Second)),
        // A whole number is a long when it comes back, whatever it went in as.
        (double x, long y) => x == y,
        _ => Equals(a, b),
    };
}
