using Journal.Policy;

namespace Journal.Tests.Policy;

public class ErrorSignatureTests
{
    [Theory]
    [InlineData("Cannot find path 'C:\\Photos\\a 1.jpg' because it does not exist.", "Cannot find path <value> because it does not exist.")]
    [InlineData("Could not find file '/photos/John's trip/a.jpg'.", "Could not find file <value>.")]
    [InlineData("can't open \"x\" and won't try 'y'", "can't open <value> and won't try <value>")]
    [InlineData("Access to the path /srv/in/a.jpg is denied.", "Access to the path <path> is denied.")]
    [InlineData("open C:\\in\\b.jpg: in use", "open <path>: in use")]
    [InlineData("open \\\\server\\share\\b.jpg failed", "open <path> failed")]
    [InlineData("open C:\\My Photos\\a b\\c.jpg", "open <path>")]
    [InlineData("one of 'a', 'b', 'c' is needed", "one of <value> is needed")]
    [InlineData("GET https://example.org/a?b=1&c=2 failed after 3 tries", "GET <url> failed after <n> tries")]
    [InlineData("mail to jo.doe+x@example.co.uk bounced", "mail to <email> bounced")]
    [InlineData("item 0f8fad5b-d9cb-469f-a165-70867728950e is gone", "item <guid> is gone")]
    [InlineData("handle 0x7ffe12ab of d41d8cd98f00b204e9800998ecf8427e", "handle <hex> of <hex>")]
    [InlineData("expired at 2026-03-01T12:00:00.123+02:00", "expired at <date>")]
    [InlineData("expired on 3/1/2026 12:00 PM", "expired on <date> <date>")]
    [InlineData("only 1,234.5 of 20 MB in 300ms", "only <n> of <n> MB in <n>ms")]
    [InlineData("video dQw4w9WgXcQ is private", "video <id> is private")]
    [InlineData("10.0.0.17 refused", "<n> refused")]
    [InlineData("read/write and/or n/a", "read/write and/or n/a")]
    [InlineData("\u001b[31;1mfailed\u001b[0m  with\t\tred", "failed with red")]
    public void What_changes_from_task_to_task_is_folded(string message, string signature) => Assert.Equal(signature, ErrorSignature.Of(message));

    [Theory]
    [InlineData("Response status code does not indicate success: 404 (Not Found).", "Response status code does not indicate success: 404 (Not Found).")]
    [InlineData("ERROR: HTTP Error 403: Forbidden", "ERROR: HTTP Error 403: Forbidden")]
    [InlineData("Exception calling \"ReadAllText\" with \"1\" argument(s): \"Could not find file '/in/a.jpg'.\"", "Could not find file <value>.")]
    [InlineData("Exception calling \"Foo\" with \"0\" argument(s): \"Disk full\nDetails\"", "Disk full Details")]
    [InlineData("Program \"ffmpeg\" ended with non-zero exit code: 69 (0x45).", "Program \"ffmpeg\" ended with non-zero exit code: 69 (<hex>).")]
    public void What_tells_causes_apart_stays(string message, string signature) => Assert.Equal(signature, ErrorSignature.Of(message));

    [Theory]
    [InlineData("photo 17.jpg: timeout after 30 s", "photo 9814.jpg: timeout after 31 s")]
    [InlineData("Cannot open 'a.jpg'\n   at line 3", "Cannot open 'b b.jpg'\n   at line 9")]
    [InlineData("Cannot find /in/a.jpg", "Cannot find /in/sub/dir/b.jpg")]
    [InlineData("task1 failed", "task25000 failed")]
    public void Ten_thousand_failures_of_one_cause_are_one_line_of_a_report(string one, string other) =>
        Assert.Equal(ErrorSignature.Of(one), ErrorSignature.Of(other));

    [Theory]
    [InlineData("{\n  \"error\": {\n    \"code\": 404,\n    \"message\": \"Video 17 is gone\"\n  }\n}", "HTTP 404: Video <n> is gone")]
    [InlineData("{\"message\":\"Rate limit of 60 reached\",\"status\":429}", "HTTP 429: Rate limit of <n> reached")]
    [InlineData("{\"error\":\"invalid_grant\",\"error_description\":\"The token has expired\"}", "The token has expired")]
    [InlineData("[{\"detail\":\"No such list\"}]", "No such list")]
    [InlineData("{\"errors\":[{\"title\":\"Bad name\"}]}", "Bad name")]
    [InlineData("{\"status\":\"503\"}", "HTTP 503")]
    [InlineData("HTTP 502: {\"error\":{\"message\":\"something failed\"}}", "HTTP 502: something failed")]
    [InlineData("HTTP 404: {\"error\":{\"code\":404,\"message\":\"Video 17 is gone\"}}", "HTTP 404: Video <n> is gone")]
    [InlineData("HTTP 500: Sorry,\n no service", "HTTP 500: Sorry, no service")]
    [InlineData("{ broken\n  \"json\": 1", "{ broken <value>: <n>")]
    public void Of_a_body_in_JSON_the_text_for_people_counts_with_its_status(string message, string signature) => Assert.Equal(signature, ErrorSignature.Of(message));

    [Theory]
    [InlineData("GET https://example.org/4: 404 (Not Found)", "GET <url> 404 (Not Found)")]
    [InlineData("API rate limit exceeded: 429 Too Many Requests", "API rate limit exceeded: 429 Too Many Requests")]
    public void An_HTTP_status_with_its_name_stays(string message, string signature) => Assert.Equal(signature, ErrorSignature.Of(message));

    [Fact]
    public void Eight_errors_in_JSON_are_eight_signatures() => Assert.Equal(8, Enumerable.Range(0, 8)
        .Select(static n => ErrorSignature.Of($"{{\r\n  \"error\": \"{(char)('a' + n)} is wrong\"\r\n}}")).Distinct().Count());

    [Fact]
    public void People_are_shown_the_message_with_its_numbers() =>
        Assert.Equal("HTTP 404: Video 17 is gone more", ErrorSignature.Headline("{\n \"error\": {\"code\": 404, \"message\": \"Video 17\\n  is gone\\nmore\"}}".Replace("\\n  is", " is", StringComparison.Ordinal)));

    [Fact]
    public void All_lines_count_but_those_of_a_stack_trace()
    {
        Assert.Equal("Upload refused reason: disk full", ErrorSignature.Of("Upload refused\n   reason: disk full"));
        Assert.Equal("item <n> is broken at <value>", ErrorSignature.Of("item 1   is\n\n  broken at '/tmp/x1'"));
        Assert.Equal("boom", ErrorSignature.Of("\r\n  boom  \r\n at Foo()"));
        Assert.Equal("Connecting failed with the following error: Access is denied.", ErrorSignature.Of("Connecting failed with the following error:\n\n Access is denied.\n   at Net.Connect()"));
        Assert.Equal("", ErrorSignature.Of(" \n\t"));
    }

    [Fact]
    public void A_signature_is_short_and_does_not_cut_a_character_in_two()
    {
        var signature = ErrorSignature.Of("x" + string.Concat(Enumerable.Repeat("😀", 500)));
        Assert.InRange(signature.Length, ErrorSignature.MaxLength - 2, ErrorSignature.MaxLength);
        Assert.EndsWith("😀…", signature, StringComparison.Ordinal);
    }

    private static readonly Gen<string> AnyMessage = Gen.OneOf(
        Law.AnyText,
        Gen.Elements(
            "'", "\"", "`", "a", "can't", " ", "  ", "\n", "5", "42", "404", "HTTP ", "status code: ", "exit code 1", "/", "\\", "C:\\", ".", ":", "-", "_", "@", "x@y.z", "://", "http://",
            "<n>", "<path>", "<", ">", "0x", "ff", "2026-03-01", "12:30", "Program \"", "\" ended", "Exception calling \"", "\" with \"", "\" argument(s): \"", "\u001b[", "31m", "m", "“", "”", "…", "é", "٣", "\0", "😀", new string('a', 190), new string('7', 200))
            .ListOf().Select(static parts => string.Concat(parts)));

    [Fact]
    public void A_signature_is_its_own_signature_or_groups_would_split_when_they_are_counted_again() => Law.Holds(AnyMessage, static message =>
        ErrorSignature.Of(message) is var signature && ErrorSignature.Of(signature) == signature);

    [Fact]
    public void A_signature_is_one_line_of_limited_length() => Law.Holds(AnyMessage, static message =>
        ErrorSignature.Of(message) is var signature && signature.Length <= ErrorSignature.MaxLength && !signature.Any(char.IsControl) && signature == signature.Trim());

    [Theory]
    [InlineData("'")]
    [InlineData("a/")]
    [InlineData("a.")]
    [InlineData("a@b.")]
    [InlineData("1")]
    [InlineData("\u001b[")]
    [InlineData("a1 ")]
    [InlineData("\n")]
    public void A_hostile_megabyte_is_an_error_like_any_other(string unit) =>
        Assert.InRange(ErrorSignature.Of(string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length))).Length, 0, ErrorSignature.MaxLength);
}
