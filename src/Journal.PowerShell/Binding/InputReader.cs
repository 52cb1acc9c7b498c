using System.Globalization;
using System.Management.Automation;
using Journal.Lifecycle;
using Journal.Storage;

namespace Journal.Commands.Binding;

/// <summary>Turns the inputs of a batch into tasks: key, stored input, weight and priority.</summary>
public sealed class InputReader
{
    private readonly List<string> _losses = [];
    private readonly KeyReader _keys;
    private readonly ValueSelector? _keySelector;
    private readonly NumberSelector _weight;
    private readonly NumberSelector _priority;
    private readonly NumberSelector _cost;
    private readonly TimeSelector _notBefore;
    private readonly ValueSelector? _limitBy;

    /// <summary>A reader as the parameters of a cmdlet say.</summary>
    /// <exception cref="JournalException">InvalidValue, for an argument that is none of these.</exception>
    public InputReader(InputSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        _keySelector = Selector("-Key", selection.Key);
        _limitBy = Selector("-LimitBy", selection.LimitBy);
        _keys = new KeyReader(_keySelector);
        _weight = new NumberSelector("-Weight", selection.Weight, 1, static number => number >= 0 && double.IsFinite(number), "a number that is not negative");
        _priority = new NumberSelector("-Priority", selection.Priority, 0, static number => number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue, "a whole number");
        _cost = new NumberSelector("-Cost", selection.Cost, 1, static number => number > 0 && double.IsFinite(number), "a number above 0");
        _notBefore = new TimeSelector(selection.NotBefore);
    }

    private static ValueSelector? Selector(string parameter, object? argument) =>
        argument is null ? null : ValueSelector.From(argument) ?? throw JournalErrors.InvalidValue(parameter, argument, "give the name of a property or a script block.");

    /// <summary>How the keys of limits are found; null where there are none.</summary>
    public string? LimitByExpression => _limitBy?.Expression;

    /// <summary>How keys are found, to be stored with the batch; null where the inputs themselves are keys.</summary>
    public string? KeyExpression => _keySelector?.Expression;

    /// <summary>What the inputs are: the type of the first one read.</summary>
    public string? SourceType { get; private set; }

    /// <summary>What of the input that was read last could not be kept, in words.</summary>
    public IReadOnlyList<string> Losses => _losses;

    /// <summary>What to say of properties that the line names and no input has: mostly a mistake in typing.</summary>
    public IEnumerable<string> NeverFound()
    {
        if (SourceType is null) yield break;
        (string Parameter, string? Property, string Instead)[] names =
        [
            ("-LimitBy", _limitBy?.NeverFound, "all of them share one limit"),
            ("-Cost", _cost.NeverFound, "each costs 1"),
            ("-NotBefore", _notBefore.NeverFound, "none of them waits"),
            ("-Weight", _weight.NeverFound, "each weighs 1"),
            ("-Priority", _priority.NeverFound, "each has the priority 0"),
        ];
        foreach (var (parameter, property, instead) in names)
        {
            if (property is not null) yield return $"{parameter} '{property}': no input has a property of this name, so {instead}.";
        }
    }

    /// <summary>The task for an input.</summary>
    /// <exception cref="JournalException">KeyMissing, InvalidKey, SecretRefused, ValueNotKept, InvalidValue: this input cannot be a task, others can.</exception>
    public NewTask Read(object? input)
    {
        if (input is null) throw JournalErrors.KeyMissing(null, "it is null.");
        if (_losses.Count > 0) _losses.Clear();
        try
        {
            var task = new NewTask(_keys.Read(input), TaskInputs.Store(input, _losses))
            {
                Weight = _weight.Read(input),
                Priority = (int)_priority.Read(input),
                Cost = _cost.Read(input),
                NotBefore = _notBefore.Read(input),
                LimitKey = LimitKey(input),
            };
            SourceType ??= TypeNames.Of(input);
            return task;
        }
        catch (Exception e) when (e is not (JournalException or PipelineStoppedException))
        {
            // Code of the object's own that throws.
            throw JournalErrors.ValueNotKept("An input", e.Message, e);
        }
    }

    // An input that has none shares one with all others that have none.
    private string? LimitKey(object input)
    {
        if (_limitBy is null) return null;
        try
        {
            var key = _limitBy.Read(input) is { } value ? KeyReader.AsText(value) ?? (value is "" ? "" : throw NoKey(value)) : "";
            return key.Length <= BatchNaming.MaxKeyLength ? key : throw NoKey(key);
        }
        catch (ValueUnavailableException e)
        {
            throw JournalErrors.InvalidValue("-LimitBy", input, e.Message);
        }

        JournalException NoKey(object value) => JournalErrors.InvalidValue("-LimitBy", value, $"{_limitBy.Description} gives an object of type {TypeNames.Of(value)}, or a text that is too long, not a short text or a number.");
    }

    /// <summary>A time that is the same for all inputs, or read from each.</summary>
    private sealed class TimeSelector
    {
        private readonly DateTimeOffset? _constant;
        private readonly ValueSelector? _selector;

        public TimeSelector(object? argument)
        {
            if (argument is null) return;
            if (ToTime(argument) is { } time) _constant = time;
            else _selector = ValueSelector.From(argument) ?? throw Refused(argument, "");
        }

        public string? NeverFound => _selector?.NeverFound;

        public DateTimeOffset? Read(object input)
        {
            if (_selector is null) return _constant;
            try
            {
                return _selector.Read(input) is not ({ } and not "" and var value) ? null : ToTime(value) ?? throw Refused(value, $" {_selector.Description} of '{input}'");
            }
            catch (ValueUnavailableException e)
            {
                throw JournalErrors.InvalidValue("-NotBefore", input, e.Message);
            }
        }

        // A time without a zone is a local one, as PowerShell's own are.
        private static DateTimeOffset? ToTime(object value) => ValueSelector.Unwrap(value) switch
        {
            DateTimeOffset time => time,
            DateTime time => time == DateTime.MinValue ? DateTimeOffset.MinValue : new DateTimeOffset(time),
            DateOnly day => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue)),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) => time,
            _ => null,
        };

        private static JournalException Refused(object value, string source) => JournalErrors.InvalidValue($"-NotBefore{source}", value, $"'{value}' is not a time.");
    }

    /// <summary>A number that is the same for all inputs, or read from each.</summary>
    private sealed class NumberSelector
    {
        private readonly string _parameter;
        private readonly double _constant;
        private readonly ValueSelector? _selector;
        private readonly Predicate<double> _accepts;
        private readonly string _expected;

        public NumberSelector(string parameter, object? argument, double byDefault, Predicate<double> accepts, string expected)
        {
            (_parameter, _constant, _accepts, _expected) = (parameter, byDefault, accepts, expected);
            if (argument is null) return;
            if (ToNumber(argument) is { } number) _constant = number;
            else _selector = ValueSelector.From(argument) ?? throw Refused(argument, "");
        }

        public string? NeverFound => _selector?.NeverFound;

        public double Read(object input)
        {
            if (_selector is null) return _constant;
            object? value;
            try
            {
                value = _selector.Read(input);
            }
            catch (ValueUnavailableException e)
            {
                throw JournalErrors.InvalidValue(_parameter, input, e.Message);
            }

            // A directory has no Length: where nothing is known the default holds.
            return value is null ? _constant : ToNumber(value) ?? throw Refused(value, $" {_selector.Description} of '{input}'");
        }

        private double? ToNumber(object value)
        {
            if (ValueSelector.Unwrap(value) is not { } plain || !LanguagePrimitives.TryConvertTo<double>(plain, CultureInfo.InvariantCulture, out var number) || plain is "") return null;
            return _accepts(number) ? number : throw Refused(value, "");
        }

        private JournalException Refused(object value, string source) =>
            JournalErrors.InvalidValue($"{_parameter}{source}", value, $"'{value}' is not {_expected}.");
    }
}

/// <summary>How the parts of a task are found in an input: each by a property's name or a script block, some also given outright. Null members have their defaults.</summary>
/// <param name="Key">What tells the inputs apart; null where they themselves are keys.</param>
public sealed record InputSelection(object? Key)
{
    /// <summary>How much work it is; 1 by default.</summary>
    public object? Weight { get; init; }

    /// <summary>Higher first; 0 by default.</summary>
    public object? Priority { get; init; }

    /// <summary>What its start costs; 1 by default.</summary>
    public object? Cost { get; init; }

    /// <summary>When it may be run; at once by default.</summary>
    public object? NotBefore { get; init; }

    /// <summary>The key of its limits; none by default.</summary>
    public object? LimitBy { get; init; }
}
