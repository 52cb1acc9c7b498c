using System.Collections;
using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Changes the options of batches, also while they run: every worker goes by them within seconds.</summary>
[Cmdlet(VerbsCommon.Set, "JournalBatch", SupportsShouldProcess = true)]
[OutputType(typeof(JournalBatch))]
public sealed class SetJournalBatchCommand : BatchTargetCmdlet, IOptionParameters
{
    /// <summary>How many tasks may start in a span of time, by all workers together: 600/1m, 10/s, 5000/1d; 600/1m+50 lets 50 start at once; None for no limit.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RateLimit { get; set; }

    /// <summary>How many tasks may be in progress, of all workers together; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? ConcurrencyLimit { get; set; }

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

    /// <summary>Tasks that fail in a row and pause the batch, half as many where the error is the same; 0 for never.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? FailureThreshold { get; set; }

    /// <summary>Quota units the batch may use: a number, 0 for no limit; or a hashtable of numbers by project.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? QuotaLimit { get; set; }

    /// <summary>When the quota is renewed: a period (a TimeSpan, 1.00:00:00, 24h), or a time of day with its zone ('00:00 America/Los_Angeles', '06:00 local'). None: never.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? QuotaReset { get; set; }

    /// <summary>Your own data about the batch, laid over what it has.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <summary>Why, for the audit trail.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "Set-JournalBatch";

    /// <inheritdoc/>
    protected override void OnBatch(IJournalStore store, JournalBatch batch)
    {
        var options = OptionsOver(batch.Options);
        var amendment = new BatchAmendment
        {
            Options = options == batch.Options ? null : options,
            Metadata = Metadata is null ? null : TaskInputs.ToMap(Metadata, "-Metadata"),
            Reason = Reason,
        };
        if (ShouldProcess($"batch '{batch.Id}'", "Change")) WriteObject(store.AmendBatch(batch.Id, amendment, SessionWorker.Get()));
    }

    private BatchOptions OptionsOver(BatchOptions options)
    {
        options = OptionChanges.Over(options, this);
        return QuotaLimit is not null && options.QuotaLimit == 0 ? options with { QuotaLimit = null } : options;
    }
}
