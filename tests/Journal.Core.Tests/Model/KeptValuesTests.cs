namespace Journal.Tests.Model;

public sealed class KeptValuesTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""{"$type":"hashtable","$value":{"at":5}}""", """{"at":5}""")]
    [InlineData("""{"deep":{"$type":"ordered","$value":{"n":{"$type":"decimal","$value":"1.10"}}}}""", """{"deep":{"n":"1.10"}}""")]
    [InlineData("""[{"$type":"list","$value":[{"$type":"guid","$value":"x"}]},null,1.50]""", """[["x"],null,1.50]""")]
    [InlineData("""{"$type":"clixml","$value":"text","$clixml":"<Objs/>"}""", "\"text\"")]
    [InlineData("""{"$type":"noted","$value":{"$type":"int64","$value":7},"$notes":{"a":1}}""", "7")]
    // An object whose own members look like a tag, and one that only begins like it.
    [InlineData("""{"$type":"object","$value":{"$type":"version","$value":"1.2"}}""", """{"$type":"version","$value":"1.2"}""")]
    [InlineData("""{"$type":"mine","other":{"$type":"hashtable","$value":{}}}""", """{"$type":"mine","other":{}}""")]
    // What a damaged file holds is shown, not hidden.
    [InlineData("""{"$type":""", """{"$type":""")]
    public void Kept_json_reads_plainly(string kept, string shown) => Assert.Equal(shown, KeptValues.ReadableJson(kept));

    [Fact]
    public void A_map_shows_plain_json_and_stores_what_it_was_given()
    {
        const string Kept = """{"when":{"$type":"hashtable","$value":{"at":5}}}""";
        var map = JsonMap.Parse(Kept);

        Assert.Equal("""{"when":{"at":5}}""", map.ToString());
        Assert.Equal(Kept, map.Json);
    }
}
