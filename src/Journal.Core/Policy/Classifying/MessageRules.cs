using System.Globalization;
using System.Text.RegularExpressions;
using static Journal.JournalErrorCategory;

namespace Journal.Policy.Classifying;

/// <summary>What the words of a message say, for errors that carry nothing else: thrown texts and native programs.</summary>
internal static class MessageRules
{
    // No text, whatever it holds, takes more than linear time.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;
    private const int Considered = 4096;

    // A number alone is no status ("photo 404.jpg"): it must stand where programs put one.
    private static readonly Regex Status = new(
        @"\b(?:status[ _-]?code[^0-9\r\n]{0,40}|(?:HTTP(?:/[0-9](?:\.[0-9])?)?(?:[ _-](?:error|status|code|response)){0,2}|status|error(?:[ _-]?code)?|code)[ ]?[:=#(\[]?[ ]?)(?<status>[45][0-9]{2})\b",
        Linear);

    // Space is a limit, too, but no budget that is renewed: a pause would wait for ever, while a smaller task may still fit. So not a quota.
    private static readonly Regex Space = new(@"\b(?:disk|storage|mailbox|memory|filesystem|volume) ?quota|\bEDQUOT\b", Linear);

    // A quota per minute is a rate: it comes back while one waits.
    private static readonly Regex Rate = new(
        @"too[ _-]?many[ _-]?requests|rate[ _-]?limit|\bthrottl(?:ed|ing)\b|\bslow[ _-]?down\b|(?:requests|queries|tokens|calls|limit|quota)\b[^\r\n]{0,40}\bper[ _-]?(?:second|minute)\b",
        Linear);

    private static readonly Regex Quota = new(
        @"quota[ _-]?(?:has been |have been |was |is |limit )?(?:exceeded|exhausted|reached|used up|limit)|(?:exceed(?:ed|s)?|exhausted|reached|over|out of|insufficient|used up|no)[ _-](?:your |the |its |their )?(?:[a-z]+ ){0,3}quota|insufficient_quota|(?:daily|monthly|usage)[ _-]?limit[ _-]?(?:has been |was |is )?(?:exceeded|reached)|out of credits|insufficient (?:credits|funds)",
        Linear);

    private static readonly (Regex Pattern, JournalErrorCategory Category)[] Rows =
    [
        (Rate, RateLimited),
        (Quota, QuotaExceeded),
        (new Regex(@"\btimed?[ -]?out\b|\btimeout\b|deadline[ _-]?exceeded|\bETIMEDOUT\b", Linear), JournalErrorCategory.Timeout),
        (new Regex(@"access\b[^\r\n]{0,200}\bdenied|permission[ _-]?denied|\bunauthori[sz]ed\b|\bforbidden\b|not (?:authori[sz]ed|permitted)|\bEACCES\b|\bEPERM\b|(?:authentication|login|logon)[ _-]?failed|invalid (?:api[ _-]?key|credentials?|token|password)", Linear), PermissionDenied),
        (new Regex(@"connection[^\r\n]{0,60}(?:refused|reset|aborted|closed|lost)|actively refused|no such host|host (?:name )?(?:not found|is down)|name or service not known|(?:could not|cannot|can't|unable to|failed to) (?:be )?(?:resolved?|connect)|name[ _-]?resolution|(?:network|host) (?:is )?unreachable|no route to host|broken pipe|service[ _-]?(?:is )?(?:temporarily )?unavailable|temporar(?:y|ily) (?:failure|unavailable)|bad gateway|internal server error|SSL connection|\b(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE)\b", Linear), NetworkError),
        (new Regex(@"command not found\b|is not recognized as (?:a name of a cmdlet|an internal or external command)|unable to find type \[", Linear), InvalidInput),
        (new Regex(@"not[ _-]?found\b|does ?n[o']t exist|(?:cannot|could not|can't|unable to) find|no such (?:file|directory|object|item|key|bucket|table|user|device)|\bENOENT\b|no longer (?:exists|available)|has been (?:deleted|removed)", Linear), NotFound),
        (new Regex(@"\binvalid[ _-]?(?:input|argument|parameter|format|data|value|character|json|xml|url|uri|path|file|request|date|syntax)|\bmalformed\b|is not a valid\b|(?:cannot|could not) (?:be )?(?:convert|parse)|parse error|bad[ _-]?request", Linear), InvalidInput),
    ];

    private static readonly Regex Wait = new(
        @"(?:retry|try again|available|reset[s]?)(?:[ _-](?:again|it|your request|request))?[ _-]?(?:after|in)\W{0,3}(?<n>[0-9]{1,9}(?:\.[0-9]{1,6})?) ?(?<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)?\b",
        Linear);

    /// <summary>The part of a message that is looked at.</summary>
    public static string Cut(string text) => text.Length <= Considered ? text : text[..Considered];

    /// <summary>What the words say; null when they say nothing.</summary>
    public static Classification? ByText(string text)
    {
        if (text.Length == 0) return null;
        var category = Status.Match(text) is { Success: true } match
            ? HttpRules.ByStatus(int.Parse(match.Groups["status"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), text)
            : ByWords(text);
        return category is { } found ? new Classification(found, found is RateLimited or QuotaExceeded ? RetryAfter(text) : null) : null;
    }

    /// <summary>Whether the words name a rate (RateLimited) or a quota (QuotaExceeded); null when neither.</summary>
    public static JournalErrorCategory? Budget(string text) =>
        Rate.IsMatch(text) ? RateLimited : Quota.IsMatch(text) && !Space.IsMatch(text) ? QuotaExceeded : null;

    /// <summary>The wait that the words ask for (<c>try again in 20s</c>, <c>Retry-After: 30</c>; seconds where no unit stands); null when they ask for none.</summary>
    public static TimeSpan? RetryAfter(string text)
    {
        if (Wait.Match(text) is not { Success: true } match) return null;
        var number = double.Parse(match.Groups["n"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        var seconds = number * (match.Groups["unit"].Value.ToUpperInvariant() switch
        {
            ['M', 'S', ..] or ['M', 'I', 'L', ..] => 0.001,
            ['M', ..] => 60,
            ['H', ..] => 3_600,
            ['D', ..] => 86_400,
            _ => 1,
        });
        return TimeSpan.FromSeconds(seconds);
    }

    private static JournalErrorCategory? ByWords(string text)
    {
        foreach (var (pattern, category) in Rows)
        {
            if (pattern.IsMatch(text) && !(category == QuotaExceeded && Space.IsMatch(text))) return category;
        }

        return null;
    }
}
