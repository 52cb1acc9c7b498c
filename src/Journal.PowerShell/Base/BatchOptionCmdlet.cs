using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Base;

/// <summary>A cmdlet that can create a batch: its inputs and the policy it shall run under.</summary>
public abstract class BatchOptionCmdlet : BatchInputCmdlet, IOptionParameters
{
    /// <summary>Retries after the first try: a number, or a hashtable of numbers by stage.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? MaxRetries { get; set; }

    /// <summary>The wait before the first retry; it doubles with each one. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? RetryDelay { get; set; }

    /// <summary>The longest wait between retries. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? MaxRetryDelay { get; set; }

    /// <summary>How long a claim lasts unless it is renewed. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? LeaseTimeout { get; set; }

    /// <summary>The longest an attempt may run. A TimeSpan or seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <summary>What to do with a task whose worker died in the middle of it.</summary>
    [Parameter]
    public CrashAction OnCrash { get; set; }

    /// <summary>Tasks that fail in a row and pause the batch, half as many where the error is the same; 0 for never.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? FailureThreshold { get; set; }

    /// <summary>Quota units the batch may use: a number, or a hashtable of numbers by project.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? QuotaLimit { get; set; }

    /// <summary>When the quota is renewed: a period (a TimeSpan, 1.00:00:00, 24h), or a time of day with its zone ('00:00 America/Los_Angeles', '06:00 local'). None: never.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? QuotaReset { get; set; }

    /// <summary>How many tasks may start in a span of time, by all workers together: 600/1m, 10/s, 5000/1d; 600/1m+50 lets 50 start at once; None for no limit.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RateLimit { get; set; }

    /// <summary>How many tasks may be in progress, of all workers together; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? ConcurrencyLimit { get; set; }

    /// <summary>Keep with the batch what the tasks emit: every run of the line then writes all of it, that of earlier runs first.</summary>
    [Parameter]
    public SwitchParameter KeepResult { get; set; }

    /// <summary>The most bytes that are recorded of what a task emits; a task that emits more fails.</summary>
    [Parameter]
    [ValidateRange(1L, 512L * 1024 * 1024)]
    public long MaxResultSize { get; set; }

    /// <summary>How many bytes are kept of what an attempt writes as warnings, information, verbose and error output of programs; 0 keeps nothing.</summary>
    [Parameter]
    [ValidateRange(0, 16 * 1024 * 1024)]
    public int LogSize { get; set; }

    /// <summary>The only directory in which registered temporary files of the batch may be deleted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkDirectory { get; set; }

    /// <summary>The settings of the work: a resume with other settings is refused.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Setting { get; set; }

    /// <summary>Your own data about the batch.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        base.OnBegin();
        // What cannot be is refused before there is a journal or a batch.
        _ = OptionsOver(BatchOptions.Default);
    }

    /// <summary>The policy that was asked for, laid over another: what was not given stays.</summary>
    /// <exception cref="JournalException">InvalidValue.</exception>
    protected BatchOptions OptionsOver(BatchOptions options)
    {
        options = OptionChanges.Over(options, this);
        if (LeaseTimeout is { } lease) options = options with { LeaseTimeout = lease > TimeSpan.Zero ? lease : throw JournalErrors.InvalidValue("-LeaseTimeout", lease, "a lease of no time holds nothing.") };
        if (Timeout is { } limit) options = options with { Timeout = limit > TimeSpan.Zero ? limit : null };
        if (Given(nameof(OnCrash))) options = options with { OnCrash = OnCrash };
        if (LimitBy is not null) options = options with { LimitBy = Inputs.LimitByExpression };
        if (Given(nameof(KeepResult))) options = options with { KeepResult = KeepResult };
        if (Given(nameof(MaxResultSize))) options = options with { MaxResultSize = MaxResultSize };
        if (Given(nameof(LogSize))) options = options with { LogSize = LogSize };
        if (WorkDirectory is not null) options = options with { WorkDirectory = ResolveFilePath(WorkDirectory, (path, detail) => JournalErrors.InvalidValue("-WorkDirectory", path, detail)) };
        return options;
    }

    /// <summary>Whether a parameter was given.</summary>
    protected bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
