using Journal.Formats;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Journal.Yaml;

/// <summary>Builds the nodes of one document from the parser's events.</summary>
internal sealed class NodeReader(string text)
{
    private const int MaxDepth = 64;

    // An alias repeats what it names; a few of them, each naming the one before, would unfold to more than any memory holds.
    private const int MaxNodes = 2_000_000;

    private readonly Parser _parser = new(new StringReader(text));
    private readonly Dictionary<AnchorName, (Node Node, int Size)> _anchors = [];
    private int _nodes;

    /// <exception cref="YamlTextException">As <see cref="IYamlFormat.Read"/> says.</exception>
    public Node Read()
    {
        try
        {
            Expect<StreamStart>();
            if (Next() is not DocumentStart) throw Wrong("There is no document.");
            _parser.MoveNext();
            var node = ReadNode(0);
            Expect<DocumentEnd>();
            if (_parser.Current is not StreamEnd) throw Wrong("There is more than one document.");
            return node;
        }
        catch (YamlException e)
        {
            throw new YamlTextException(LineOf(e.Start), e.InnerException?.Message ?? e.Message, e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner meets some malformed texts with errors of its own.
            throw new YamlTextException(LineOf(_parser.Current?.Start ?? default), e.Message, e);
        }
    }

    private Node ReadNode(int depth)
    {
        if (depth > MaxDepth) throw Wrong($"It nests deeper than {MaxDepth} levels.");
        Count(1);
        var line = LineOf(Next().Start);
        switch (Next())
        {
            case Scalar scalar:
                _parser.MoveNext();
                var isPlain = scalar.Style is ScalarStyle.Plain && scalar.Tag.IsEmpty;
                return Anchor(scalar.Anchor, isPlain ? PlainScalars.Resolve(scalar.Value, line) : Node.Of(scalar.Value, line), 1);
            case AnchorAlias alias:
                _parser.MoveNext();
                if (!_anchors.TryGetValue(alias.Value, out var named)) throw new YamlTextException(line, $"There is no anchor '{alias.Value}' before its alias.");
                Count(named.Size);
                return named.Node;
            case SequenceStart sequence:
                _parser.MoveNext();
                var before = _nodes;
                var items = new List<Node>();
                while (Next() is not SequenceEnd) items.Add(ReadNode(depth + 1));
                _parser.MoveNext();
                return Anchor(sequence.Anchor, Node.List(items, line), _nodes - before);
            case MappingStart mapping:
                _parser.MoveNext();
                before = _nodes;
                var members = new List<KeyValuePair<string, Node>>();
                while (Next() is not MappingEnd)
                {
                    var name = ReadNode(depth + 1);
                    if (name.Kind is NodeKind.List or NodeKind.Map) throw new YamlTextException(name.Line, "A name is a list or a map.");
                    members.Add(new(name.Text, ReadNode(depth + 1)));
                }

                _parser.MoveNext();
                return Anchor(mapping.Anchor, Node.Map(members, line), _nodes - before);
            default:
                throw Wrong("A value was expected.");
        }
    }

    private Node Anchor(AnchorName anchor, Node node, int size)
    {
        if (!anchor.IsEmpty) _anchors[anchor] = (node, Math.Max(size, 1));
        return node;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes) throw Wrong($"It unfolds to more than {MaxNodes} values.");
    }

    private ParsingEvent Next()
    {
        if (_parser.Current is null && !_parser.MoveNext()) throw Wrong("The text ends too early.");
        return _parser.Current!;
    }

    private void Expect<T>()
        where T : ParsingEvent
    {
        if (Next() is not T) throw Wrong($"{typeof(T).Name} was expected.");
        _parser.MoveNext();
    }

    private YamlTextException Wrong(string message) => new(LineOf(_parser.Current?.Start ?? default), message);

    private static int LineOf(Mark mark) => (int)Math.Clamp(mark.Line, 1, int.MaxValue);
}
