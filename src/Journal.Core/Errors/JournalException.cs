namespace Journal;

/// <summary>What kind of fault an error is; PowerShell's ErrorCategory has a member of the same name for each.</summary>
public enum JournalFault
{
    /// <summary>An argument or a line of a file is wrong.</summary>
    InvalidArgument,

    /// <summary>A file holds what it must not hold.</summary>
    InvalidData,

    /// <summary>What was asked for is not legal in the present state.</summary>
    InvalidOperation,

    /// <summary>It is not there.</summary>
    ObjectNotFound,

    /// <summary>It is there already.</summary>
    ResourceExists,

    /// <summary>Somebody else holds it.</summary>
    ResourceBusy,

    /// <summary>It cannot be reached now.</summary>
    ResourceUnavailable,

    /// <summary>The account may not.</summary>
    PermissionDenied,

    /// <summary>This version cannot.</summary>
    NotImplemented,

    /// <summary>It took too long.</summary>
    OperationTimeout,
}

/// <summary>An error of the journal: it has an id for scripts, a fault, the offending value, and a text for people. Nothing was changed.</summary>
public sealed class JournalException : Exception
{
    /// <summary>An error; made by <see cref="JournalErrors"/>, where all of them stand.</summary>
    public JournalException(string errorId, JournalFault fault, string message, object? target = null, Exception? inner = null)
        : base(message, inner)
    {
        ErrorId = errorId;
        Fault = fault;
        Target = target;
    }

    /// <summary>The id that scripts match: the name of the method of <see cref="JournalErrors"/> that made it.</summary>
    public string ErrorId { get; }

    /// <summary>What kind of fault it is.</summary>
    public JournalFault Fault { get; }

    /// <summary>Whether it passes by itself: the same call may succeed in a while, without anybody having mended anything.</summary>
    public bool Passes => ErrorId is nameof(JournalErrors.JournalUnreachable) or nameof(JournalErrors.JournalNotReady) or nameof(JournalErrors.JournalBusy);

    /// <summary>The offending value.</summary>
    public object? Target { get; }
}
