using System.Management.Automation;
using Journal.Formats;
using Journal.Interchange;

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

    /// <summary>Folders of YAML files that Export-Journal wrote: where they and the journal disagree is a problem, too.</summary>
    [Parameter]
    public string[] MirrorPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnItem() => WriteObject(Examine());

    private JournalHealth Examine()
    {
        try
        {
            var problems = Reader.Check().Concat(MirrorPath.SelectMany(Disagreements)).ToList();
            return new JournalHealth(Reader.Location, problems.Count == 0, JsonList.From(problems));
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.JournalCorrupt) or nameof(JournalErrors.NotAJournal))
        {
            return new JournalHealth(Location, false, JsonList.From([e.Message]));
        }
    }

    private IEnumerable<string> Disagreements(string path) =>
        MirrorCheck.Run(Reader, ResolveFilePath(path, JournalErrors.NotAMirror), FormatLoader.Yaml, StopToken);
}
