using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Journal.Policy;

/// <summary>
/// The text by which failures are grouped: what changes from task to task (numbers, names in quotes, paths, addresses, times) is folded to
/// placeholders, so that ten thousand failures with one cause are one line of a report.
/// </summary>
/// <remarks>
/// Kept as they are, because they tell causes apart: HTTP status codes, exit codes, and the name of the native program that PowerShell
/// says ended with one. Of a body in JSON, as web services answer, the text counts that it has for people, with its HTTP status.
/// </remarks>
public static class ErrorSignature
{
    /// <summary>The longest signature, in UTF-16 units; a longer one ends in <c>…</c>.</summary>
    public const int MaxLength = 200;

    // More than a signature can show even if most of it folds away; the rest of a hostile message is never looked at.
    private const int Considered = 2048;

    // A longer answer is no error message any more.
    private const int LongestBody = 64 * 1024;

    // What services call the text for people, the likeliest first, and what they wrap it in.
    private static readonly string[] TextMembers = ["message", "error_description", "errorMessage", "detail", "error", "title", "description", "msg", "reason"];
    private static readonly string[] WrapperMembers = ["error", "errors", "fault", "exception"];
    private static readonly string[] StatusMembers = ["status", "statusCode", "status_code", "code"];

    // The engine without backtracking: no text, whatever it holds, takes more than linear time.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    // Tried from top to bottom at each place of the text. The name of a group is its placeholder; "keep" stays, "drop" goes.
    private static readonly Regex Variable = new(
        """(?<keep>Program "[^"\p{Cc}]{1,64}" ended\b|\b(?:HTTP(?:/[0-9](?:\.[0-9])?)?(?: error| status)?|status(?: code)?|success|returned error)[ :=#(]{1,3}[1-5][0-9]{2}\b|\b[45][0-9]{2} \(?(?:Bad Request|Unauthori[sz]ed|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Request Time-?out|Conflict|Gone|Length Required|Precondition Failed|Payload Too Large|Content Too Large|URI Too Long|Unsupported Media Type|Unprocessable (?:Entity|Content)|Locked|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Time-?out|Insufficient Storage)\b|\bexit(?:ed)?(?: with)?(?: code| status)?[ :=#(]{1,3}[0-9]{1,3}\b)"""
        + @"|(?<drop>\x1b(?:\[[0-9;]*[a-z])?)"
        + """|(?<value>\B'(?:[^']|\b'\b)*?'\B|"[^"]*"|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»)"""
        + """|(?<url>\b[a-z][a-z0-9+.-]{1,20}://[^\s'"<>]+)"""
        + @"|(?<email>\b[a-z0-9_.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
        + """|(?<path>\b[a-z]:[\\/][^\s'"<>|*?:;,()]*|\\\\[^\s'"<>|*?:;,()]+|\B(?:~|\.{1,2})?/[^\s'"<>|:;,()]+|[a-z0-9_.-]+(?:\\[a-z0-9_.-]+)+|[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+\.[a-z0-9]{1,5}\b)"""
        + @"|(?<guid>\{?\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b\}?)"
        + @"|(?<date>\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?z| ?[+-][0-9]{2}:?[0-9]{2})?)?|\b[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}\b|\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap]m\b)?)"
        + @"|(?<hex>\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b)"
        + @"|(?<n>\b[0-9]+(?:[.,][0-9]+)*\b)"
        + @"|(?<word>[a-z0-9_]*[0-9][a-z0-9_]*)"
        + @"|(?<n>\d+)",
        Linear);

    // PowerShell puts the message of a .NET method's exception in quotes, where it would fold away and leave one signature for all of them.
    private static readonly Regex Wrapper = new("""^\s*Exception calling "[^"]*" with "[^"]*" argument\(s\): "(?<inner>.+?)"?\s*$""", Linear);
    private static readonly Regex Status = new(@"^HTTP (?<code>[1-5][0-9]{2}): ", Linear);
    private static readonly Regex Digits = new(@"\d+", Linear);
    private static readonly Regex Blank = new(@"[\s\p{Cc}-[\x1b]]+", Linear);
    private static readonly Regex Repeated = new("<path>(?: <path>)+|<value>(?:, ?<value>)+|<n>(?:, ?<n>)+", Linear);

    // A word of this length with digits among its letters is a name that a machine made (a video id, a hash), not a unit or a version.
    private const int MachineMade = 8;
    private static readonly Regex Counted = new("^(?:[a-z_]+[0-9]+|[0-9]+[a-z_]+)$", Linear);

    /// <summary>The signature of a message: one line, at most <see cref="MaxLength"/> long, and its own signature; empty for a blank message.</summary>
    /// <param name="message">Of any length and any number of lines; what looks like a stack trace does not count, nor what goes beyond the longest signature.</param>
    public static string Of(string message)
    {
        var text = Headline(message);
        // Folding can bring together what then folds once more; each round leaves fewer digits, quotes and blanks, so this ends.
        while (true)
        {
            var folded = Fold(Headline(text));
            if (folded == text) return text;
            text = folded;
        }
    }

    /// <summary>The line of a message that people are shown in a list: what a signature is made of, with its numbers and names.</summary>
    public static string Headline(string message)
    {
        // What the client knows of an answer stands before what the server said.
        if (Status.Match(message) is { Success: true } status && Headline(message[status.Length..]) is { Length: > 0 } answer)
        {
            return answer.Contains(status.Groups["code"].Value, StringComparison.Ordinal) ? answer : status.Value + answer;
        }

        var text = message;
        while (Said(text) is { } said) text = said;
        var start = text.AsSpan().TrimStart();
        var head = Cut(start, Considered).ToString();
        head = head is ['{' or '[', ..] ? Blank.Replace(head, " ").Trim() : BeforeTrace(head);
        while (Wrapper.Match(head) is { Success: true } wrapped) head = wrapped.Groups["inner"].Value;
        return Blank.Replace(head, " ").Trim();
    }

    // The text for people in a body of JSON; null where there is none.
    private static string? Said(string text)
    {
        var body = text.AsSpan().Trim();
        if (body is not ['{', .., '}'] and not ['[', .., ']'] || body.Length > LongestBody) return null;
        try
        {
            using var document = JsonDocument.Parse(body.ToString());
            return Said(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text in it that is no Unicode.
            return null;
        }
    }

    private static string? Said(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.Array) return element.GetArrayLength() > 0 ? Said(element[0]) : null;
        if (element.ValueKind is not JsonValueKind.Object) return null;
        var text = Wrapped(element) ?? Member(element, TextMembers, static value => value.ValueKind is JsonValueKind.String && value.GetString() is { } said && !string.IsNullOrWhiteSpace(said) ? said : null);
        var status = Member(element, StatusMembers, static value =>
            (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number)) || (value.ValueKind is JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number))
                ? number is >= 400 and < 600 ? number.ToString(CultureInfo.InvariantCulture) : null
                : null);
        if (status is null) return text;
        return text is null ? $"HTTP {status}" : text.Contains(status, StringComparison.Ordinal) ? text : $"HTTP {status}: {text}";
    }

    private static string? Wrapped(JsonElement element) => Member(element, WrapperMembers, static value => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Said(value) : null);

    private static string? Member(JsonElement element, string[] names, Func<JsonElement, string?> read)
    {
        foreach (var name in names)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase) && read(member.Value) is { } found) return found;
            }
        }

        return null;
    }

    private static string Fold(string text)
    {
        text = Variable.Replace(Blank.Replace(text, " "), static match => Placeholder(match));
        text = Repeated.Replace(text, static match => match.Value[..(match.Value.IndexOf('>', StringComparison.Ordinal) + 1)]).Trim();
        return text.Length <= MaxLength ? text : string.Concat(Cut(text, MaxLength - 1).TrimEnd(), "…");
    }

    private static string Placeholder(Match match)
    {
        foreach (var name in (ReadOnlySpan<string>)["keep", "drop", "word", "value", "url", "email", "path", "guid", "date", "hex"])
        {
            if (!match.Groups[name].Success) continue;
            return name switch
            {
                "keep" => match.Value,
                "drop" => "",
                "word" => match.Length >= MachineMade && !Counted.IsMatch(match.Value) ? "<id>" : Digits.Replace(match.Value, "<n>"),
                _ => $"<{name}>",
            };
        }

        return "<n>";
    }

    // On one line. A stack trace tells where, which is another place for one cause, and the cause stands before it.
    private static string BeforeTrace(string text)
    {
        var before = new StringBuilder();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var said = line.Trim();
            if (before.Length > 0 && said.StartsWith("at ", StringComparison.Ordinal)) break;
            if (said.Length > 0) before.Append(said).Append(' ');
        }

        return before.ToString();
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
