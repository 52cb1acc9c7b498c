using System.Management.Automation;

namespace Journal.Commands;

/// <summary>Tells whether a journal is sound, and what is wrong with it. It changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Journal")]
[OutputType(typeof(JournalHealth))]
public sealed class TestJournalCommand : JournalCmdlet
{
    /// <summary>The journal.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Journal", "Path", "PSPath")]
    public override string? JournalPath { get; set; }

    /// <inheritdoc/>
    protected override void OnItem() => WriteObject(Examine());

    private JournalHealth Examine()
    {
        try
        {
            var problems = Reader.Check();
            return new JournalHealth(Reader.Location, problems.Count == 0, JsonList.From(problems));
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal))
        {
            return new JournalHealth(Location, false, JsonList.From([e.Message]));
        }
    }
}
