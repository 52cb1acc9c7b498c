using System.Globalization;
using System.Management.Automation;
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

    /// <summary>A reader as the parameters of a cmdlet say.</summary>
    /// <param name="key">A property's name or a script block; null where the inputs themselves are keys.</param>
    /// <param name="weight">A property's name, a script block or a number; null for 1.</param>
    /// <param name="priority">The same; null for 0.</param>
    /// <exception cref="JournalException">InvalidValue, for an argument that is none of these.</exception>
    public InputReader(object? key, object? weight, object? priority)
    {
        _keySelector = ValueSelector.From(key);
        if (key is not null && _keySelector is null) throw JournalErrors.InvalidValue("-Key", key, "give the name of a property or a script block.");
        _keys = new KeyReader(_keySelector);
        _weight = new NumberSelector("-Weight", weight, 1, static number => number >= 0 && double.IsFinite(number), "a number that is not negative");
        _priority = new NumberSelector("-Priority", priority, 0, static number => number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue, "a whole number");
    }

    /// <summary>How keys are found, to be stored with the batch; null where the inputs themselves are keys.</summary>
    public string? KeyExpression => _keySelector?.Expression;

    /// <summary>What the inputs are: the type of the first one read.</summary>
    public string? SourceType { get; private set; }

    /// <summary>What of the input that was read last could not be kept, in words.</summary>
    public IReadOnlyList<string> Losses => _losses;

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
