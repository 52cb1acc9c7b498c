using System.Management.Automation;
using Journal.Commands.Completion;
using Journal.Lifecycle;
using Journal.Runs;

namespace Journal.Commands;

/// <summary>Tells whether the runs of a name happen and go well, for a monitor. What was never started is not well.</summary>
[Cmdlet(VerbsDiagnostic.Test, "JournalBatch")]
[OutputType(typeof(JournalBatchHealth))]
public sealed class TestJournalBatchCommand : JournalCmdlet
{
    /// <summary>The names of batches.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BatchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>How long ago the newest run may have ended. A TimeSpan, as hours, minutes and seconds (<c>26:00:00</c>) or seconds.</summary>
    [Parameter(Mandatory = true)]
    [Duration]
    public TimeSpan MaxAge { get; set; }

    /// <summary>How many tasks of the newest run may have failed.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MaxFailures { get; set; }

    /// <summary>How many tasks of the newest run must have been completed.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MinCompleted { get; set; }

    /// <inheritdoc/>
    protected override void OnItem() => ForEach(Name, name =>
    {
        BatchNaming.ValidateName(name);
        var demand = new HealthDemand(name, MaxAge, MaxFailures, MinCompleted);
        try
        {
            WriteObject(BatchHealth.Judge(ReaderOrEmpty, demand, Processes));
        }
        catch (JournalException e)
        {
            // A monitor goes by the object, which an error that ends the line would take from it, and whoever looks at it by the error.
            WriteObject(BatchHealth.CannotTell(Location, demand, e.Message));
            WriteError(e.ToErrorRecord());
        }
    });
}
