using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security;
using System.Security.Authentication;
using System.Text.Json;
using System.Xml;
using static Journal.JournalErrorCategory;

namespace Journal.Policy.Classifying;

/// <summary>What the type of an exception says.</summary>
internal static class ExceptionRules
{
    // PowerShell's own, and a widespread JSON reader's, which this assembly does not reference; a name also stands for the types derived from it.
    private static readonly Dictionary<string, JournalErrorCategory> ByTypeName = new(StringComparer.Ordinal)
    {
        ["ItemNotFoundException"] = NotFound,
        ["DriveNotFoundException"] = NotFound,
        // What the script calls is not there for it: no other try finds it, and the input's own thing is not what is missing.
        ["CommandNotFoundException"] = InvalidInput,
        ["PSSecurityException"] = PermissionDenied,
        ["ParameterBindingException"] = InvalidInput,
        ["ValidationMetadataException"] = InvalidInput,
        ["ParseException"] = InvalidInput,
        ["JsonException"] = InvalidInput,
    };

    /// <summary>What was said outright, anywhere in the chain.</summary>
    public static Classification? Explicit(IReadOnlyList<Exception> chain)
    {
        foreach (var exception in chain)
        {
            if (exception is CategorizedErrorException said) return new Classification(said.Category == None ? Unknown : said.Category, said.RetryAfter, said.ResetAt);
        }

        return null;
    }

    /// <summary>What the outermost exception that proves something proves.</summary>
    /// <param name="chain">The exceptions.</param>
    /// <param name="text">The error's text: servers use one status for several things and tell them apart in words.</param>
    public static Classification? Certain(IReadOnlyList<Exception> chain, string text)
    {
        foreach (var exception in chain)
        {
            if (HttpRules.Of(exception, text) is { } answer) return answer;
            if (ByType(exception) is { } category) return new Classification(category);
        }

        return null;
    }

    /// <summary>What is likely when nothing else is known.</summary>
    public static Classification? Likely(IReadOnlyList<Exception> chain)
    {
        foreach (var exception in chain)
        {
            if (exception is HttpRequestException or System.Net.WebException or PingException or AuthenticationException || Is(exception, "PSRemotingTransportException"))
            {
                return new Classification(NetworkError);
            }
        }

        return null;
    }

    private static JournalErrorCategory? ByType(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException => NotFound,
        PathTooLongException => InvalidInput,
        UnauthorizedAccessException or SecurityException => PermissionDenied,
        // A cancellation alone says nothing; one by HttpClient's own time limit wraps a TimeoutException.
        TimeoutException => JournalErrorCategory.Timeout,
        SocketException socket => socket.SocketErrorCode switch
        {
            SocketError.TimedOut => JournalErrorCategory.Timeout,
            SocketError.AccessDenied => PermissionDenied,
            _ => NetworkError,
        },
        JournalException { Fault: JournalFault.InvalidArgument } => InvalidInput,
        ArgumentException or FormatException or InvalidCastException or InvalidDataException or JsonException or XmlException => InvalidInput,
        _ => ByName(exception.GetType()),
    };

    private static JournalErrorCategory? ByName(Type? type)
    {
        for (; type is not null && type != typeof(Exception); type = type.BaseType)
        {
            if (ByTypeName.TryGetValue(type.Name, out var category)) return category;
        }

        return null;
    }

    private static bool Is(Exception exception, string typeName)
    {
        for (var type = exception.GetType(); type is not null; type = type.BaseType)
        {
            if (type.Name == typeName) return true;
        }

        return false;
    }
}

/// <summary>An exception with what it wraps, outermost first: the wrappers of reflection, of tasks and of PowerShell all keep theirs as InnerException.</summary>
internal static class ExceptionChain
{
    // Deeper than any real chain; an exception can be made to wrap itself through a property that lies.
    private const int MaxLength = 32;

    public static IReadOnlyList<Exception> Of(Exception? exception)
    {
        var chain = new List<Exception>();
        Add(chain, exception);
        return chain;
    }

    private static void Add(List<Exception> chain, Exception? exception)
    {
        for (; exception is not null && chain.Count < MaxLength; exception = exception.InnerException)
        {
            chain.Add(exception);
            if (exception is not AggregateException several) continue;
            foreach (var inner in several.InnerExceptions) Add(chain, inner);
            return;
        }
    }
}
