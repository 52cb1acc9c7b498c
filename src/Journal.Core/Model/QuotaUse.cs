using System.Text.Json;

namespace Journal;

/// <summary>
/// What each project of a batch has used in the present period of its quota, and which of them the other side has closed. Its text is JSON. Project names
/// in any case are one project.
/// </summary>
public sealed class QuotaUse : IEquatable<QuotaUse>
{
    private readonly SortedDictionary<string, Project> _projects;

    private QuotaUse(SortedDictionary<string, Project> projects) => _projects = projects;

    /// <summary>Nothing was used.</summary>
    public static QuotaUse None { get; } = new(new SortedDictionary<string, Project>(StringComparer.OrdinalIgnoreCase));

    /// <summary>The projects of which something is known.</summary>
    public IEnumerable<string> Projects => _projects.Keys;

    /// <summary>How many units a project has used in the present period.</summary>
    public double UsedBy(string project) => _projects.TryGetValue(project, out var known) ? known.Used : 0;

    /// <summary>Until when the other side takes no more of a project, because it said that its quota is used up; null where it did not. The end of time where nobody knows: then until the quota is renewed.</summary>
    public DateTimeOffset? ClosedUntil(string project) => _projects.TryGetValue(project, out var known) ? known.Until : null;

    /// <summary>A project has used units.</summary>
    public QuotaUse Charge(string project, double units) => With(project, known => known with { Used = known.Used + units });

    /// <summary>The other side takes no more of a project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="until">Until then; null where nobody knows.</param>
    public QuotaUse Close(string project, DateTimeOffset? until) => With(project, known => known with { Until = until?.ToUniversalTime() ?? DateTimeOffset.MaxValue });

    /// <summary>Another period has begun: nothing is used. A project that the other side closed until a known time stays closed.</summary>
    /// <param name="now">The time.</param>
    public QuotaUse Renewed(DateTimeOffset now) => Where(static _ => true, project => new Project(0, project.Until > now && project.Until < DateTimeOffset.MaxValue ? project.Until : null));

    /// <summary>The same without what the other side closed.</summary>
    /// <param name="all">Whether also what it closed until a known time.</param>
    public QuotaUse Opened(bool all) => Where(static _ => true, project => all || project.Until == DateTimeOffset.MaxValue ? project with { Until = null } : project);

    /// <summary>The same under other limits: a project whose limit is another one is open again, one that is new has used what the ledger says, and one that has no limit is forgotten.</summary>
    /// <param name="was">The limits before; null for none.</param>
    /// <param name="limits">The limits now; null for none.</param>
    /// <param name="ledger">What a project has used in this period, as far as it is known otherwise.</param>
    public QuotaUse Under(IReadOnlyDictionary<string, double>? was, IReadOnlyDictionary<string, double>? limits, Func<string, double> ledger)
    {
        if (limits is null) return None;
        var use = Where(name => ProjectLimits.NameOf(limits, name) is not null, static project => project);
        foreach (var (name, limit) in limits)
        {
            if (ProjectLimits.Of(was, name) is not { } before) use = use.With(name, known => known with { Used = ledger(name) });
            else if (before != limit && use.ClosedUntil(name) is not null) use = use.With(name, static known => known with { Until = null });
        }

        return use;
    }

    /// <summary>How many units a project may still use; 0 where the other side has closed it.</summary>
    /// <param name="project">The project.</param>
    /// <param name="limit">Its limit.</param>
    /// <param name="now">The time.</param>
    public double Left(string project, double limit, DateTimeOffset now) => ClosedUntil(project) > now ? 0 : Math.Max(0, limit - UsedBy(project));

    /// <summary>For how many more tasks the budgets last, those of all projects together.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="perTask">What a task needs; 0 where nobody knows.</param>
    /// <param name="now">The time.</param>
    internal double Room(IReadOnlyDictionary<string, double> limits, double perTask, DateTimeOffset now) => limits
        .Where(project => !(ClosedUntil(project.Key) > now))
        .Sum(project => Tasks(project.Value - UsedBy(project.Key), perTask));

    /// <summary>When one of the budgets lasts for a task again; null where nobody knows.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="perTask">What a task needs.</param>
    /// <param name="renewal">When the quota is renewed; null where it is not.</param>
    internal DateTimeOffset? OpensAt(IReadOnlyDictionary<string, double> limits, double perTask, DateTimeOffset? renewal)
    {
        DateTimeOffset? earliest = null;
        foreach (var (name, limit) in limits)
        {
            var (closed, hasUnits) = (ClosedUntil(name), Tasks(limit - UsedBy(name), perTask) > 0);
            var at = closed is not { } until || until == DateTimeOffset.MaxValue ? renewal
                : hasUnits ? until
                : until > renewal ? until : renewal;
            if (at < (earliest ?? DateTimeOffset.MaxValue)) earliest = at;
        }

        return earliest;
    }

    // The tolerance is for sums of fractions.
    private static double Tasks(double left, double perTask) => left < 0 ? 0 : perTask > 0 ? Math.Floor(left / perTask * (1 + 1e-12)) : double.PositiveInfinity;

    private QuotaUse With(string project, Func<Project, Project> change)
    {
        var projects = new SortedDictionary<string, Project>(_projects, StringComparer.OrdinalIgnoreCase);
        projects[project] = change(projects.GetValueOrDefault(project));
        return new QuotaUse(projects);
    }

    private QuotaUse Where(Predicate<string> takes, Func<Project, Project> change)
    {
        var projects = new SortedDictionary<string, Project>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, project) in _projects)
        {
            if (takes(name) && change(project) is var changed && changed != default) projects[name] = changed;
        }

        return projects.Count == 0 ? None : new QuotaUse(projects);
    }

    /// <summary>Reads the text that <see cref="ToString"/> makes; null and empty text are <see cref="None"/>.</summary>
    /// <exception cref="JsonException">It is no such text.</exception>
    public static QuotaUse Parse(string? json)
    {
        if (string.IsNullOrEmpty(json)) return None;
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind is not JsonValueKind.Object) throw new JsonException("A JSON object was expected.");
        var projects = new SortedDictionary<string, Project>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Object) throw new JsonException($"What project '{member.Name}' has used was expected.");
            var used = member.Value.TryGetProperty("used", out var units) && units.ValueKind is JsonValueKind.Number ? units.GetDouble() : 0;
            DateTimeOffset? until = member.Value.TryGetProperty("closedUntil", out var time) && time.ValueKind is JsonValueKind.String && time.TryGetDateTimeOffset(out var closed) ? closed : null;
            projects[member.Name] = new Project(used, until);
        }

        return projects.Count == 0 ? None : new QuotaUse(projects);
    }

    /// <summary>As it is kept: <c>{"projectA":{"used":950}}</c>; empty where nothing was used.</summary>
    public override string ToString()
    {
        if (_projects.Count == 0) return "";
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, project) in _projects)
            {
                writer.WriteStartObject(name);
                writer.WriteNumber("used", project.Used);
                if (project.Until is { } until) writer.WriteString("closedUntil", until);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <inheritdoc/>
    public bool Equals(QuotaUse? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as QuotaUse);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private readonly record struct Project(double Used, DateTimeOffset? Until);
}

/// <summary>The limits of the projects of a quota. Names are compared without regard to case, as those of a hashtable are.</summary>
public static class ProjectLimits
{
    /// <summary>The limit of a project; null where it has none.</summary>
    public static double? Of(IReadOnlyDictionary<string, double>? limits, string? project) =>
        NameOf(limits, project) is { } name ? limits![name] : null;

    /// <summary>A project as the limits call it; null where they do not name it.</summary>
    public static string? NameOf(IReadOnlyDictionary<string, double>? limits, string? project) =>
        limits is null || project is null ? null : limits.Keys.FirstOrDefault(name => string.Equals(name, project, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether two are the same limits.</summary>
    public static bool AreSame(IReadOnlyDictionary<string, double>? left, IReadOnlyDictionary<string, double>? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.Count == right.Count && left.All(project => Of(right, project.Key) == project.Value));
}
