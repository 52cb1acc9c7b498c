using Journal.Lifecycle;

namespace Journal.Tests.Lifecycle;

public class BatchNamingTests
{
    [Theory]
    [InlineData("import-photos")]
    [InlineData("it's a \"name\"")]
    [InlineData("фото 📷 2026")]
    [InlineData("a/b\\c")]
    [InlineData("100%; DROP TABLE batch --")]
    public void A_name_that_people_use_is_taken(string name) => BatchNaming.ValidateName(name);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\nb")]
    [InlineData("a\u0000b")]
    [InlineData("a\u2028b")]
    [InlineData("a*")]
    [InlineData("what?")]
    [InlineData("[a]")]
    [InlineData("a`b")]
    public void A_name_that_could_not_be_found_again_is_refused(string name) =>
        Assert.Equal("InvalidBatchName", Assert.Throws<JournalException>(() => BatchNaming.ValidateName(name)).ErrorId);

    [Fact]
    public void A_name_of_10_000_characters_is_refused_with_a_text_that_can_be_read()
    {
        BatchNaming.ValidateName(new string('x', BatchNaming.MaxNameLength));
        var error = Assert.Throws<JournalException>(() => BatchNaming.ValidateName(new string('x', 10_000)));
        Assert.InRange(error.Message.Length, 1, 300);
        Assert.Contains("10000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/photos/it's \"quoted\" [1]*?.jpg")]
    [InlineData("line one\nline two\t")]
    [InlineData("👩‍👩‍👧 é ﷽")]
    [InlineData(" ")]
    public void A_key_may_be_whatever_names_an_input(string key) => BatchNaming.ValidateKey(key);

    [Fact]
    public void A_key_that_no_store_can_index_is_refused()
    {
        BatchNaming.ValidateKey(new string('x', BatchNaming.MaxKeyLength));
        foreach (var key in new[] { "", "a\0b", "a\ud800", "\udc00\ud800b", new string('x', 10_000) })
        {
            Assert.Equal("InvalidKey", Assert.Throws<JournalException>(() => BatchNaming.ValidateKey(key)).ErrorId);
        }
    }

    [Fact]
    public void Two_batches_of_one_second_get_different_ids_in_a_known_order()
    {
        var created = new DateTimeOffset(2026, 3, 1, 14, 5, 9, 999, TimeSpan.FromHours(2));
        Assert.Equal(["photos-20260301-120509", "photos-20260301-120509-2", "photos-20260301-120509-3"], BatchNaming.CandidateIds("photos", created).Take(3));
    }
}
