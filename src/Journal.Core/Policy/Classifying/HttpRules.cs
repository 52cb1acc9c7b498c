using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using static Journal.JournalErrorCategory;

namespace Journal.Policy.Classifying;

/// <summary>What a server's answer says.</summary>
internal static class HttpRules
{
    private const long OneYearInSeconds = 31_536_000;

    // Where the exceptions of PowerShell's web cmdlets, and of the client libraries of the large clouds, keep the status.
    private static readonly string[] StatusProperties = ["StatusCode", "HttpStatusCode", "ResponseStatusCode", "Status"];

    /// <summary>What an exception that carries an HTTP answer says; null for one that does not.</summary>
    public static Classification? Of(Exception exception, string text)
    {
        // By name, because PowerShell's HttpResponseException is not referenced from here.
        var response = Read(exception, "Response") as HttpResponseMessage;
        var status = (exception as HttpRequestException)?.StatusCode ?? response?.StatusCode ?? (exception as WebException)?.Response switch
        {
            HttpWebResponse answer => answer.StatusCode,
            _ => StatusOf(exception),
        };
        if (status is not { } code || ByStatus((int)code, text) is not { } category) return null;
        if (response is null) return new Classification(category, MessageRules.RetryAfter(text));
        return FromHeaders(category, response.Headers, text);
    }

    /// <summary>The category of a status; null for one that is no error.</summary>
    /// <param name="status">400 to 599 are errors.</param>
    /// <param name="text">With 403 and 429 it decides: both are sent for a missing right, a rate, and a quota.</param>
    public static JournalErrorCategory? ByStatus(int status, string text) => status switch
    {
        429 => MessageRules.Budget(text) ?? RateLimited,
        403 => MessageRules.Budget(text) ?? PermissionDenied,
        401 or 407 => PermissionDenied,
        402 => QuotaExceeded,
        404 or 410 => NotFound,
        408 or 504 => JournalErrorCategory.Timeout,
        // Somebody else holds it, or it is too early: it may go by itself.
        409 or 423 or 425 => Unknown,
        >= 400 and < 500 => InvalidInput,
        >= 500 and < 600 => NetworkError,
        _ => null,
    };

    private static Classification FromHeaders(JournalErrorCategory category, HttpResponseHeaders headers, string text)
    {
        var retryAfter = headers.RetryAfter;
        var (after, at) = (retryAfter?.Delta ?? MessageRules.RetryAfter(text), retryAfter?.Date);
        // Widespread custom: nothing remains of the budget, and it is renewed at a time in Unix seconds (or in so many seconds).
        if (category is RateLimited or QuotaExceeded or PermissionDenied && Number(headers, "X-RateLimit-Remaining") == 0)
        {
            if (category == PermissionDenied) category = RateLimited;
            if (after is null && at is null && Number(headers, "X-RateLimit-Reset") is { } reset and > 0 and < 100 * OneYearInSeconds)
            {
                if (reset < OneYearInSeconds) after = TimeSpan.FromSeconds(reset);
                else at = DateTimeOffset.FromUnixTimeSeconds(reset);
            }
        }

        return new Classification(category, after, at);
    }

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) && long.TryParse(values.FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static HttpStatusCode? StatusOf(Exception exception)
    {
        foreach (var name in StatusProperties)
        {
            switch (Read(exception, name))
            {
                case HttpStatusCode status: return status;
                case int number and >= 400 and < 600: return (HttpStatusCode)number;
            }
        }

        return null;
    }

    private static object? Read(Exception exception, string property)
    {
        try
        {
            return exception.GetType().GetProperty(property, BindingFlags.Public | BindingFlags.Instance)?.GetValue(exception);
        }
        catch (Exception e) when (e is AmbiguousMatchException or TargetException or TargetInvocationException or MethodAccessException or TargetParameterCountException)
        {
            // A getter that fails says nothing about the error at hand.
            return null;
        }
    }
}
