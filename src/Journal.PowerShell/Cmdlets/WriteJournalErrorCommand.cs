using System.Management.Automation;

namespace Journal.Commands;

/// <summary>Fails the work of a task with an error whose category is known, so that the retry policy need not guess.</summary>
[Cmdlet(VerbsCommunications.Write, "JournalError")]
public sealed class WriteJournalErrorCommand : PSCmdlet
{
    /// <summary>What went wrong.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Message { get; set; } = "";

    /// <summary>What the retry policy goes by.</summary>
    [Parameter]
    public JournalErrorCategory Category { get; set; } = JournalErrorCategory.Unknown;

    /// <summary>How long to wait before the next try. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Until when to wait.</summary>
    [Parameter]
    public DateTimeOffset? ResetAt { get; set; }

    /// <summary>What the error is about.</summary>
    [Parameter]
    public object? TargetObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var error = new CategorizedErrorException(Message, Category, RetryAfter, ResetAt);
        ThrowTerminatingError(new ErrorRecord(error, Category.ToString(), ToErrorCategory(Category), TargetObject));
    }

    private static ErrorCategory ToErrorCategory(JournalErrorCategory category) => category switch
    {
        JournalErrorCategory.QuotaExceeded => ErrorCategory.QuotaExceeded,
        JournalErrorCategory.RateLimited => ErrorCategory.LimitsExceeded,
        JournalErrorCategory.NotFound => ErrorCategory.ObjectNotFound,
        JournalErrorCategory.PermissionDenied => ErrorCategory.PermissionDenied,
        JournalErrorCategory.NetworkError => ErrorCategory.ConnectionError,
        JournalErrorCategory.InvalidInput => ErrorCategory.InvalidData,
        JournalErrorCategory.Timeout => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.NotSpecified,
    };
}
