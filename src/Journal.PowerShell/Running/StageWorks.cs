using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Running;

/// <summary>The work of a run: one script block, or one for each stage.</summary>
internal sealed class StageWorks
{
    private readonly ScriptWork? _single;
    private readonly Dictionary<string, ScriptWork> _byStage = new(StringComparer.OrdinalIgnoreCase);

    private StageWorks(ScriptWork? single) => _single = single;

    /// <summary>Stage names in order; empty where there is one block.</summary>
    public JsonList Stages { get; private set; } = JsonList.Empty;

    /// <summary>All blocks.</summary>
    public IEnumerable<ScriptWork> All => _single is null ? _byStage.Values : [_single];

    /// <summary>The work of a stage.</summary>
    public ScriptWork For(string? stage) => _single ?? _byStage[stage!];

    /// <summary>Whether there is a block for a stage.</summary>
    public bool Has(string stage) => _byStage.ContainsKey(stage);

    /// <summary>Reads what the user gave: a script block, or an ordered dictionary of script blocks by stage.</summary>
    /// <exception cref="JournalException">InvalidStages, InvalidValue.</exception>
    public static StageWorks Read(object process, SessionState session)
    {
        var value = process is PSObject wrapped ? wrapped.BaseObject : process;
        if (value is ScriptBlock block) return new StageWorks(ScriptWork.Prepare(block, session));
        if (value is not IDictionary stages) throw JournalErrors.InvalidValue("-Process", value, "give a script block, or an [ordered] hashtable of script blocks by stage.");
        if (stages is Hashtable && stages.Count > 1) throw JournalErrors.InvalidStages("a plain hashtable has no order; write [ordered]@{ … }.", value);
        if (stages.Count == 0) throw JournalErrors.InvalidStages("there are none.", value);
        var works = new StageWorks(null);
        var names = new List<string>();
        foreach (DictionaryEntry entry in stages)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (string.IsNullOrWhiteSpace(name)) throw JournalErrors.InvalidStages("a stage has no name.", value);
            var content = entry.Value is PSObject item ? item.BaseObject : entry.Value;
            if (content is not ScriptBlock work) throw JournalErrors.InvalidStages($"stage '{name}' is not a script block.", name);
            if (!works._byStage.TryAdd(name, ScriptWork.Prepare(work, session))) throw JournalErrors.InvalidStages($"'{name}' comes twice.", name);
            names.Add(name);
        }

        works.Stages = JsonList.From(names);
        return works;
    }
}
