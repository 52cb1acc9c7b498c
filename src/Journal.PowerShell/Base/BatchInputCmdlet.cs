using System.Management.Automation;
using Journal.Storage;

namespace Journal.Commands.Base;

/// <summary>A cmdlet that takes the inputs of a batch, from the pipeline or from a file.</summary>
public abstract class BatchInputCmdlet : JournalCmdlet
{
    /// <summary>What a batch's InputSource says where its inputs came through the pipeline.</summary>
    protected const string PipelineSource = "pipeline";

    /// <summary>Marks what the information stream says about added tasks.</summary>
    protected const string AdditionTag = "Journal.Added";

    /// <summary>The journal. Not taken from the inputs: a property of theirs that is called Journal means something else.</summary>
    [Parameter]
    [Alias("Journal")]
    public override string? JournalPath { get; set; }

    /// <summary>An input.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    public PSObject? InputObject { get; set; }

    /// <summary>A text file with an input on each line; blank lines and lines that begin with # do not count.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? InputFile { get; set; }

    /// <summary>What tells the inputs apart: a property's name, or a script block that sees the input as $_.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Key { get; set; }

    /// <summary>What the inputs are, in words of your own; by default the type of the first one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SourceType { get; set; }

    /// <summary>Higher comes first: a number, a property's name or a script block.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Priority { get; set; }

    /// <summary>How much work an input is, in whatever unit (bytes, minutes): a property's name, a script block or a number.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Weight { get; set; }

    /// <summary>What a task's start costs of a rate limit: a property's name, a script block or a number; 1 by default.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Cost { get; set; }

    /// <summary>When a task may be run at the earliest: a time, or a property's name or a script block that gives one for each input. Where it gives none: at once.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? NotBefore { get; set; }

    /// <summary>By what -RateLimit and -ConcurrencyLimit are counted: a property's name, or a script block that sees the input as $_. Each value has limits of its own.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? LimitBy { get; set; }

    private readonly HashSet<string> _toldLosses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (JournalException Error, long More)> _refusals = new(StringComparer.Ordinal);

    /// <summary>Reads the inputs; there from OnBegin on.</summary>
    protected InputReader Inputs { get; private set; } = null!;

    /// <summary>
    /// Does something with the task of each input at hand; an error of one is written and the next goes on. What is wrong with many in the same words is mostly
    /// the line's mistake: it is told with the first of them and, for the others, at the end, see <see cref="TellOfInputs"/>.
    /// </summary>
    protected void TakeInputs(Action<NewTask, object?> take) => ForEach(InputsAtHand(), input =>
    {
        NewTask task;
        // Until it is taken.
        Refused++;
        try
        {
            task = ReadInput(input);
        }
        catch (JournalException e) when (!e.EndsTheCall() && !_refusals.TryAdd(e.Message, (e, 0)))
        {
            _refusals[e.Message] = (e, _refusals[e.Message].More + 1);
            return;
        }

        take(task, input);
        Refused--;
    });

    /// <summary>Inputs that could not be taken so far, each with an error.</summary>
    protected long Refused { get; private set; }

    /// <summary>How many inputs were left out besides those that were told, and what the line names and no input has. When all inputs are read.</summary>
    protected void TellOfInputs()
    {
        foreach (var missing in Inputs.NeverFound()) WriteWarning(missing);
        foreach (var (error, more) in _refusals.Values.Where(static refusal => refusal.More > 0)) WriteError(JournalErrors.MoreInputsRefused(more, error).ToErrorRecord());
    }

    /// <summary>The task for an input. What of the input cannot be kept is told, each kind once.</summary>
    /// <exception cref="JournalException">This input cannot be a task, others can.</exception>
    private NewTask ReadInput(object? input)
    {
        var task = Inputs.Read(input);
        foreach (var loss in Inputs.Losses)
        {
            if (_toldLosses.Add(loss.Split(':')[0])) WriteWarning($"The input '{task.Key}': {loss}{(loss.EndsWith('.') ? "" : ".")}");
        }

        return task;
    }

    /// <summary>Where the inputs come from: the full path of the file, or "pipeline".</summary>
    protected string InputSource => InputFile ?? PipelineSource;

    /// <summary>Whether inputs were given at all.</summary>
    protected bool HasInputs => InputFile is not null || MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        Inputs = new InputReader(new InputSelection(Key) { Weight = Weight, Priority = Priority, Cost = Cost, NotBefore = NotBefore, LimitBy = LimitBy });
        if (InputFile is null) return;
        if (MyInvocation.ExpectingInput) throw JournalErrors.InvalidValue("-InputFile", InputFile, "inputs come through the pipeline already; give one or the other.");
        InputFile = ResolveFilePath(InputFile, (path, detail) => JournalErrors.InputFileUnreadable(path, detail));
    }

    /// <summary>The inputs at hand: the pipeline's present item; or, once, all lines of the file.</summary>
    protected IEnumerable<object?> InputsAtHand()
    {
        if (InputFile is not null) return Binding.InputFile.Read(InputFile);
        return HasInputs ? [InputObject] : [];
    }
}
