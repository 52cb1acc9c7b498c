using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Journal.Policy;
using Journal.Policy.Classifying;
using static Journal.JournalErrorCategory;

namespace Journal.Tests.Policy;

public class ErrorClassifierTests
{
    private static JournalErrorCategory Of(Exception exception) => ErrorClassifier.Classify(new ErrorFacts(exception.Message, exception)).Category;

    private static JournalErrorCategory OfText(string message, string? category = null, string? id = null) =>
        ErrorClassifier.Classify(new ErrorFacts(message, null, category, id)).Category;

    [Theory]
    [InlineData(400, InvalidInput)]
    [InlineData(401, PermissionDenied)]
    [InlineData(402, QuotaExceeded)]
    [InlineData(403, PermissionDenied)]
    [InlineData(404, NotFound)]
    [InlineData(407, PermissionDenied)]
    [InlineData(408, JournalErrorCategory.Timeout)]
    [InlineData(409, Unknown)]
    [InlineData(410, NotFound)]
    [InlineData(422, InvalidInput)]
    [InlineData(429, RateLimited)]
    [InlineData(500, NetworkError)]
    [InlineData(503, NetworkError)]
    [InlineData(504, JournalErrorCategory.Timeout)]
    public void A_server_is_taken_at_its_status(int status, JournalErrorCategory category)
    {
        Assert.Equal(category, Of(new HttpRequestException("no", null, (HttpStatusCode)status)));
        Assert.Equal(category, OfText($"Response status code does not indicate success: {status} (Something)."));
        Assert.Equal(category, OfText($"HTTP Error {status}: Something"));
        Assert.Equal(category, OfText($"curl: (22) The requested URL returned error: {status}"));
    }

    public static TheoryData<Exception, JournalErrorCategory> Exceptions { get; } = new()
    {
        { new FileNotFoundException("a"), NotFound },
        { new DirectoryNotFoundException("a"), NotFound },
        { new ItemNotFoundException(), NotFound },
        { new UnauthorizedAccessException("a"), PermissionDenied },
        { new TimeoutException("a"), JournalErrorCategory.Timeout },
        { new TaskCanceledException("a", new TimeoutException("a", new TaskCanceledException("a", new SocketException((int)SocketError.OperationAborted)))), JournalErrorCategory.Timeout },
        { new OperationCanceledException("a"), Unknown },
        { new ArgumentOutOfRangeException("a"), InvalidInput },
        { new UriFormatException("a"), InvalidInput },
        { new InvalidCastException("a"), InvalidInput },
        { new JsonException("a"), InvalidInput },
        { new ValidationMetadataException(), InvalidInput },
        { new HttpRequestException("a"), NetworkError },
        { new HttpRequestException("a", new SocketException((int)SocketError.ConnectionRefused)), NetworkError },
        { new SocketException((int)SocketError.HostNotFound), NetworkError },
        { new SocketException((int)SocketError.TimedOut), JournalErrorCategory.Timeout },
        { new IOException("a", new SocketException((int)SocketError.ConnectionReset)), NetworkError },
        { new IOException("No space left on device"), Unknown },
        { new InvalidOperationException("a"), Unknown },
        { new CloudException(429), RateLimited },
        { new CloudException(404), NotFound },
    };

    [Theory, MemberData(nameof(Exceptions))]
    public void An_exceptions_type_decides_however_it_is_wrapped(Exception exception, JournalErrorCategory category)
    {
        Assert.Equal(category, Of(exception));
        Assert.Equal(category, Of(new TargetInvocationException("a", exception)));
        Assert.Equal(category, Of(new AggregateException("a", exception)));
        Assert.Equal(category, Of(new InvalidOperationException("a", new AggregateException("a", new InvalidOperationException("a"), exception))));
    }

    [Fact]
    public void What_the_script_says_outright_outranks_everything()
    {
        var said = new CategorizedErrorException("not found", QuotaExceeded, TimeSpan.FromHours(1), DateTimeOffset.UnixEpoch, new FileNotFoundException("a"));
        var expected = new Classification(QuotaExceeded, TimeSpan.FromHours(1), DateTimeOffset.UnixEpoch);
        Assert.Equal(expected, ErrorClassifier.Classify(new ErrorFacts("HTTP 404", said, "ObjectNotFound")));
        Assert.Equal(expected, ErrorClassifier.Classify(new ErrorFacts("HTTP 404", new HttpRequestException("a", said, HttpStatusCode.NotFound), "ObjectNotFound")));
        Assert.Equal(Unknown, Of(new CategorizedErrorException("a", None)));
    }

    [Fact]
    public void A_servers_wish_to_be_left_alone_is_read_in_seconds_and_as_a_date()
    {
        var until = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var seconds = ErrorClassifier.Classify(Answer(429, headers => headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(90))));
        var date = ErrorClassifier.Classify(Answer(503, headers => headers.RetryAfter = new RetryConditionHeaderValue(until)));
        Assert.Equal(new Classification(RateLimited, TimeSpan.FromSeconds(90)), seconds);
        Assert.Equal(new Classification(NetworkError, null, until), date);
    }

    [Fact]
    public void A_used_up_rate_that_is_answered_with_forbidden_waits_for_its_reset_instead_of_failing_every_task()
    {
        var reset = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var answer = Answer(403, headers =>
        {
            headers.Add("X-RateLimit-Remaining", "0");
            headers.Add("X-RateLimit-Reset", "1800000000");
        });
        Assert.Equal(new Classification(RateLimited, null, reset), ErrorClassifier.Classify(answer));
        Assert.Equal(PermissionDenied, ErrorClassifier.Classify(Answer(403, headers => headers.Add("X-RateLimit-Remaining", "17"))).Category);
        Assert.Equal(RateLimited, ErrorClassifier.Classify(Answer(429, headers => headers.Add("X-RateLimit-Reset", "soon"))).Category);
    }

    [Fact]
    public void One_status_for_three_things_is_told_apart_by_its_words()
    {
        Assert.Equal(QuotaExceeded, OfStatus(403, "The request cannot be completed because you have exceeded your quota."));
        Assert.Equal(RateLimited, OfStatus(403, "API rate limit exceeded for user ID 1."));
        Assert.Equal(PermissionDenied, OfStatus(403, "Forbidden"));
        Assert.Equal(QuotaExceeded, OfStatus(429, "You exceeded your current quota, please check your plan and billing details."));
        Assert.Equal(RateLimited, OfStatus(429, "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'x'"));

        static JournalErrorCategory OfStatus(int status, string text) =>
            ErrorClassifier.Classify(new ErrorFacts(text, new HttpRequestException("a", null, (HttpStatusCode)status))).Category;
    }

    [Theory]
    [InlineData("ObjectNotFound", NotFound)]
    [InlineData("PermissionDenied", PermissionDenied)]
    [InlineData("SecurityError", PermissionDenied)]
    [InlineData("AuthenticationError", PermissionDenied)]
    [InlineData("OperationTimeout", JournalErrorCategory.Timeout)]
    [InlineData("ConnectionError", NetworkError)]
    [InlineData("ResourceUnavailable", NetworkError)]
    [InlineData("InvalidArgument", InvalidInput)]
    [InlineData("invaliddata", InvalidInput)]
    [InlineData("ParserError", InvalidInput)]
    [InlineData("LimitsExceeded", RateLimited)]
    [InlineData("QuotaExceeded", QuotaExceeded)]
    [InlineData("OperationStopped", Unknown)]
    [InlineData("NotSpecified", Unknown)]
    [InlineData("NoSuchCategory", Unknown)]
    public void PowerShells_category_counts_where_the_exception_says_nothing(string powerShell, JournalErrorCategory category) =>
        Assert.Equal(category, OfText("it did not work", powerShell));

    [Fact]
    public void The_order_is_exception_then_PowerShell_then_words()
    {
        Assert.Equal(NotFound, ErrorClassifier.Classify(new ErrorFacts("timed out", new FileNotFoundException("a"), "OperationTimeout")).Category);
        Assert.Equal(JournalErrorCategory.Timeout, OfText("quota exceeded", "OperationTimeout"));
        Assert.Equal(JournalErrorCategory.Timeout, ErrorClassifier.Classify(new ErrorFacts("the connection timed out", new HttpRequestException("a"))).Category);
    }

    [Theory]
    [InlineData("Quota exceeded", QuotaExceeded)]
    [InlineData("The request cannot be completed because you have exceeded your quota.", QuotaExceeded)]
    [InlineData("reason: quotaExceeded, domain: youtube.quota", QuotaExceeded)]
    [InlineData("dailyLimitExceeded", QuotaExceeded)]
    [InlineData("Daily limit exceeded", QuotaExceeded)]
    [InlineData("insufficient_quota", QuotaExceeded)]
    [InlineData("Rate limit reached for gpt", RateLimited)]
    [InlineData("userRateLimitExceeded", RateLimited)]
    [InlineData("429 Too Many Requests", RateLimited)]
    [InlineData("The request was throttled.", RateLimited)]
    [InlineData("Quota of 600 requests per minute exceeded", RateLimited)]
    [InlineData("The operation has timed out.", JournalErrorCategory.Timeout)]
    [InlineData("The request was canceled due to the configured HttpClient.Timeout of 1 seconds elapsing.", JournalErrorCategory.Timeout)]
    [InlineData("Access to the path '/root/x' is denied.", PermissionDenied)]
    [InlineData("rsync: opendir failed: Permission denied (13)", PermissionDenied)]
    [InlineData("401 Unauthorized", PermissionDenied)]
    [InlineData("Connection refused", NetworkError)]
    [InlineData("connect ECONNREFUSED 127.0.0.1:80", NetworkError)]
    [InlineData("curl: (6) Could not resolve host: example.invalid", NetworkError)]
    [InlineData("ssh: Name or service not known", NetworkError)]
    [InlineData("No such host is known.", NetworkError)]
    [InlineData("An existing connection was forcibly closed by the remote host.", NetworkError)]
    [InlineData("Temporary failure in name resolution", NetworkError)]
    [InlineData("Cannot find path 'C:\\x' because it does not exist.", NotFound)]
    [InlineData("ls: cannot access 'x': No such file or directory", NotFound)]
    [InlineData("The specified key does not exist", NotFound)]
    [InlineData("sh: 1: ffmpeg: command not found", InvalidInput)]
    [InlineData("Invalid URI: The format of the URI could not be determined.", InvalidInput)]
    [InlineData("'abc' is not a valid number", InvalidInput)]
    [InlineData("Cannot convert value \"abc\" to type \"System.Int32\".", InvalidInput)]
    [InlineData("Something else happened", Unknown)]
    [InlineData("", Unknown)]
    public void Words_decide_where_there_is_nothing_else(string message, JournalErrorCategory category) => Assert.Equal(category, OfText(message));

    [Theory]
    [InlineData("Disk quota exceeded")]
    [InlineData("write failed: storage quota exceeded")]
    [InlineData("EDQUOT: quota exceeded")]
    public void Space_is_no_budget_that_comes_back_so_the_batch_does_not_wait_for_it(string message) => Assert.Equal(Unknown, OfText(message));

    [Theory]
    [InlineData("photo 404.jpg is odd")]
    [InlineData("processed 429 of 500")]
    [InlineData("frame 503 dropped")]
    public void A_number_alone_is_no_status(string message) => Assert.Equal(Unknown, OfText(message));

    [Theory]
    [InlineData("TooManyRequests,Microsoft.Graph.PowerShell.Cmdlets.GetMgUser", RateLimited)]
    [InlineData("Request_ResourceNotFound,Get-Thing", NotFound)]
    // Faults of the script, whose ids sound like a thing that is not there.
    [InlineData("CommandNotFoundException", InvalidInput)]
    [InlineData("TypeNotFound", InvalidInput)]
    [InlineData("MethodNotFound", InvalidInput)]
    [InlineData("Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand", InvalidInput)]
    [InlineData("Whatever,Get-NotFoundThing", Unknown)]
    [InlineData(null, Unknown)]
    public void An_error_id_is_words_too_up_to_the_name_of_its_cmdlet(string? id, JournalErrorCategory category) => Assert.Equal(category, OfText("no", null, id));

    [Theory]
    [InlineData("Rate limit reached. Please try again in 20s.", 20.0)]
    [InlineData("Too many requests. Retry after 1.5 minutes", 90.0)]
    [InlineData("HTTP 429, Retry-After: 30", 30.0)]
    [InlineData("Too many requests, retry in 250 ms", 0.25)]
    [InlineData("Quota exceeded; resets in 4 h", 14_400.0)]
    [InlineData("Too many requests", null)]
    public void A_wait_that_stands_in_the_text_is_kept(string message, double? seconds) =>
        Assert.Equal(seconds, ErrorClassifier.Classify(new ErrorFacts(message)).RetryAfter?.TotalSeconds);

    [Fact]
    public void No_text_and_no_exception_makes_it_throw() => Law.Holds(
        from text in Law.AnyText from id in Law.AnyText from depth in Gen.Choose(0, 50) select (text, id, depth),
        static c => ErrorClassifier.Classify(new ErrorFacts(c.text, Nested(c.depth), c.id, c.id)).Category != None);

    [Fact]
    public void An_exception_whose_properties_throw_is_classified_by_its_text() =>
        Assert.Equal(NotFound, Of(new BrokenException("file not found")));

    private static InvalidOperationException? Nested(int depth) => depth == 0 ? null : new InvalidOperationException("x", Nested(depth - 1));

    private static ErrorFacts Answer(int status, Action<HttpResponseHeaders> headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        headers(response.Headers);
        return new ErrorFacts("no", new HttpResponseException(response));
    }

    // As PowerShell's: the answer hangs on a property, and this project does not know the type.
    private sealed class HttpResponseException(HttpResponseMessage response) : HttpRequestException("no", null, response.StatusCode)
    {
        public HttpResponseMessage Response { get; } = response;
    }

    private sealed class ItemNotFoundException : Exception;

    private sealed class ValidationMetadataException : Exception;

    private sealed class CloudException(int status) : Exception("no")
    {
        public int Status { get; } = status;
    }

    private sealed class BrokenException(string message) : Exception(message)
    {
        public object Response => throw new InvalidOperationException(Message);
    }
}
