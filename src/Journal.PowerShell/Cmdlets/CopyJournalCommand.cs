using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Commands.Opening;
using Journal.Interchange;
using Journal.Storage;
using Journal.Storage.Transfer;

namespace Journal.Commands;

/// <summary>Copies a journal, or some of its batches, into another one, of the same engine or not: from a file to a server, and back.</summary>
[Cmdlet(VerbsCommon.Copy, "Journal", SupportsShouldProcess = true)]
[OutputType(typeof(JournalCopied))]
public sealed class CopyJournalCommand : JournalCmdlet
{
    /// <summary>The journal to copy into, made where it does not exist: a path, or an address.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>Only batches of these names; wildcards are allowed. By default all, and the checkpoints that belong to none.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void OnItem()
    {
        var from = Reader;
        var destination = JournalLocation.IsPostgres(Destination) ? Destination : JournalLocation.Resolve(ResolveFilePath(Destination, JournalErrors.UnsupportedJournal));
        var shown = JournalLocation.WithoutPassword(destination);
        if (shown == from.Location) throw JournalErrors.InvalidValue("-Destination", shown, "it is the journal that is to be copied.");
        var names = NamePatterns.OfBatches(from, Name);
        var batches = from.ReadBatches(new BatchQuery { Names = names, OldestFirst = true }).ToList();
        if (names is not null && batches.Count == 0) throw JournalErrors.BatchNameNotFound(string.Join(", ", Name!));
        if (!ShouldProcess(shown, $"Copy {Amount.Of(batches.Count, "batch")} with {Amount.Of(batches.Sum(static batch => batch.Total), "task")} from '{from.Location}'")) return;
        using var to = StoreSet.Open(destination, StoreAccess.Create, JournalLocation.DefaultDurability);
        var results = new List<ImportResult>();
        foreach (var result in JournalCopy.Batches(from, to, batches, SessionWorker.Get(), StopToken))
        {
            results.Add(result);
            WriteObject(new JournalCopied(result.BatchId, result.Created, result.Added, result.AlreadyThere, result.Attempts, result.Events, to.Location));
        }

        if (names is null) JournalCopy.Checkpoints(from, to);
        foreach (var difference in JournalCopy.Differences(from, batches, results, to)) WriteWarning(difference);
    }
}
