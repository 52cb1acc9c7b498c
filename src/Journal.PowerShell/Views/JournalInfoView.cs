using System.Management.Automation;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Views;

/// <summary>What a journal is, with what only this machine can tell: which of its workers live.</summary>
internal static class JournalInfoView
{
    /// <summary>The description with the names of the workers that are not known to be dead.</summary>
    public static PSObject Row(JournalInfo info, IProcessTable processes)
    {
        var row = PSObject.AsPSObject(info);
        var isLocal = NetworkFileSystem.IsOfThisMachine(info.Path);
        var alive = info.Workers.Where(worker => processes.Probe(worker, isLocal) is not Liveness.Dead).Select(static worker => worker.Name);
        row.Properties.Add(new PSNoteProperty("WorkersAlive", JsonList.From(alive)));
        row.Properties.Add(new PSNoteProperty(nameof(JournalTask.JournalPath), info.Path));
        return row;
    }
}
