using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Storage;

namespace Journal.Commands;

/// <summary>Gets ended attempts: the history of errors, and how long each stage took.</summary>
[Cmdlet(VerbsCommon.Get, "JournalAttempt")]
[OutputType(typeof(JournalAttempt))]
public sealed class GetJournalAttemptCommand : HistoryCmdlet
{
    /// <summary>With one of these outcomes.</summary>
    [Parameter]
    public JournalAttemptOutcome[]? Outcome { get; set; }

    /// <summary>With an error of one of these categories.</summary>
    [Parameter]
    public JournalErrorCategory[]? ErrorCategory { get; set; }

    /// <summary>In one of these stages.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    public string[]? Stage { get; set; }

    /// <summary>Leave out so many first.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long Skip { get; set; }

    /// <inheritdoc/>
    protected override void OnScope(IJournalStore store, IReadOnlyList<string>? batchIds, IReadOnlyList<long>? taskIds) => WriteAll(store.ReadAttempts(new AttemptQuery
    {
        BatchIds = batchIds,
        TaskIds = taskIds,
        Outcomes = Outcome,
        Categories = ErrorCategory,
        Stages = Stage,
        Since = Since,
        Until = Until,
        First = First,
        Skip = Skip,
    }));
}
