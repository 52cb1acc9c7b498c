namespace Journal.Runs;

/// <content>The quota.</content>
public sealed partial class RunningTask
{
    /// <summary>
    /// Charges quota units; they add up, and they count even if the attempt fails. 0 units name the project that the attempt works with, so that an error of
    /// the category QuotaExceeded is that project's.
    /// </summary>
    /// <param name="units">How many, not negative.</param>
    /// <param name="project">Whom to charge, in any case; null for the one that this task named last.</param>
    /// <exception cref="JournalException">InvalidValue; UnknownQuotaProject: the quota of the batch is by project, and it has none for this one.</exception>
    public void AddQuota(double units, string? project = null)
    {
        RequireUnits(nameof(AddQuota), units);
        if (string.IsNullOrEmpty(project)) project = null;
        // The limits may be others by now.
        if (project is not null && Options.QuotaLimits is { } limits) project = ProjectLimits.NameOf(limits, project) ?? Present().RequireProject(project);
        lock (_gate)
        {
            Note(units, project);
            _journal.Unrecorded.Add(_quotaProject, units);
        }
    }

    /// <summary>
    /// How many quota units are left in the present period, by what all workers have recorded and what the attempts of this run have charged. What other
    /// workers have charged in attempts that go on is not known yet.
    /// </summary>
    /// <param name="project">Of this project, in any case; null for the whole batch. Where the quota is not by project, that of the batch is told.</param>
    /// <returns>Not below 0; 0 also for a project that the other side has closed; infinite where the batch has no limit.</returns>
    /// <exception cref="JournalException">UnknownQuotaProject.</exception>
    public double QuotaLeft(string? project = null)
    {
        var batch = Present();
        if (batch.Options.QuotaLimits is not { } limits)
        {
            return batch.Options.QuotaLimit is { } limit ? Math.Max(0, limit - (batch.QuotaConsumed - batch.QuotaBefore) - _journal.Unrecorded.Of(null)) : double.PositiveInfinity;
        }

        return string.IsNullOrEmpty(project) ? limits.Keys.Sum(name => LeftOf(batch, name)) : LeftOf(batch, batch.RequireProject(project));
    }

    /// <summary>
    /// Charges quota units to the project that has the most left, of those that have so many, and names it as the one that the attempt works with. Attempts
    /// of one run never take the same units.
    /// </summary>
    /// <param name="units">How many, not negative; 0 only chooses a project that has some left.</param>
    /// <returns>The project, as the limits call it; null where the quota of the batch is not by project: then the batch is charged.</returns>
    /// <exception cref="JournalException">InvalidValue.</exception>
    /// <exception cref="CategorizedErrorException">QuotaExceeded: no project has so many left. It pauses the batch until one has, and costs the task no retry.</exception>
    public string? TakeQuota(double units)
    {
        RequireUnits(nameof(TakeQuota), units);
        var batch = Present();
        if (batch.Options.QuotaLimits is not { } limits)
        {
            AddQuota(units);
            return null;
        }

        var now = _journal.Now;
        var taken = _journal.Unrecorded.Take(limits.Select(project => (project.Key, batch.QuotaUse.Left(project.Key, project.Value, now))), units);
        lock (_gate)
        {
            if (taken is not null)
            {
                Note(units, taken);
                return taken;
            }

            // None of them is to blame.
            _quotaProject = null;
        }

        var wanted = units > 0 ? FormattableString.Invariant($"{units:0.##} units") : "units";
        throw new CategorizedErrorException($"no project of the quota has {wanted} left.", JournalErrorCategory.QuotaExceeded, resetAt: batch.QuotaUse.OpensAt(limits, units, batch.QuotaResetsAt));
    }

    private static void RequireUnits(string what, double units)
    {
        if (!double.IsFinite(units) || units < 0) throw JournalErrors.InvalidValue(what, units, $"{units} is not a number of units.");
    }

    // Under the lock.
    private void Note(double units, string? project)
    {
        _quota += units;
        _quotaProject = project ?? _quotaProject;
        if (_quotaProject is { } charged) _charges[charged] = _charges.GetValueOrDefault(charged) + units;
    }

    /// <summary>The project that this attempt named last, where an error about a quota is its own and the work did not know of it; null where the whole batch must wait.</summary>
    internal string? ProjectToClose(IReadOnlyDictionary<string, double>? limits)
    {
        lock (_gate)
        {
            // Closed already when the attempt began, and taken all the same: the work does not choose.
            return ProjectLimits.NameOf(limits, _quotaProject) is { } name && !(_useAtStart.ClosedUntil(name) > _journal.Now) ? name : null;
        }
    }

    private double LeftOf(JournalBatch batch, string project) =>
        Math.Max(0, batch.QuotaUse.Left(project, ProjectLimits.Of(batch.Options.QuotaLimits, project) ?? 0, _journal.Now) - _journal.Unrecorded.Of(project));

    // As it is now, with a period of the quota that is over ended, as the next claim will.
    private JournalBatch Present()
    {
        var batch = _journal.FindBatch() ?? Batch;
        var now = _journal.Now;
        return batch.QuotaResetsAt <= now ? batch with { QuotaBefore = batch.QuotaConsumed, QuotaUse = batch.QuotaUse.Renewed(now) } : batch;
    }
}
