using Journal.Lifecycle;

namespace Journal.Runs;

/// <summary>Quota units that attempts of a run have charged to projects and that are not recorded yet, so that another attempt does not take them for free. Thread-safe.</summary>
internal sealed class UnrecordedQuota
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, double> _units = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An attempt charges units.</summary>
    public void Add(string? project, double units)
    {
        lock (_gate) _units[project ?? ""] = _units.GetValueOrDefault(project ?? "") + units;
    }

    /// <summary>How many units of a project are not recorded; null for those of no project and of all.</summary>
    public double Of(string? project)
    {
        lock (_gate) return project is null ? _units.Values.Sum() : _units.GetValueOrDefault(project);
    }

    /// <summary>Charges units to the project that has the most left, of those that have so many.</summary>
    /// <param name="projects">What is left of each by what is recorded.</param>
    /// <param name="units">How many units; 0 for any project that has some.</param>
    /// <returns>The project; null where none has so many.</returns>
    public string? Take(IEnumerable<(string Project, double Left)> projects, double units)
    {
        lock (_gate)
        {
            var most = projects.Select(project => (project.Project, Left: project.Left - _units.GetValueOrDefault(project.Project)))
                .Where(project => project.Left > 0 && project.Left * (1 + 1e-12) >= units).OrderByDescending(static project => project.Left).Select(static project => project.Project).FirstOrDefault();
            if (most is not null) _units[most] = _units.GetValueOrDefault(most) + units;
            return most;
        }
    }

    /// <summary>The end of an attempt is recorded, or counts for nothing.</summary>
    public void Remove(TaskReport report)
    {
        if (report.Quota == 0) return;
        if (report.QuotaByProject is null)
        {
            Add(report.QuotaProject, -report.Quota);
            return;
        }

        var rest = report.Quota;
        foreach (var (project, units) in report.QuotaByProject)
        {
            Add(project, -units);
            rest -= units;
        }

        Add(null, -rest);
    }
}
