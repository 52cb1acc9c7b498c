using Journal.Interchange.Sources;

namespace Journal.Interchange.Formats;

/// <summary>Reads and writes YAML. The part of the module that implements it has exactly one public type that does, with a public constructor without parameters.</summary>
public interface IYamlFormat
{
    /// <summary>The one document of a text; a plain scalar is null, a flag or a number where YAML 1.2's core schema says so and JSON can write it.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="YamlTextException">It is not YAML, holds more than one document, nests too deep, or unfolds to too much.</exception>
    Node Read(string text);

    /// <summary>A node as a document, which ends in <c>...</c> and a line break, so that a cut file shows.</summary>
    string Write(Node node);
}

/// <summary>A text is not YAML that can be read.</summary>
public sealed class YamlTextException : Exception
{
    /// <summary>An error.</summary>
    /// <param name="line">Where, counted from 1.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="inner">What found it.</param>
    public YamlTextException(int line, string message, Exception? inner = null)
        : base(message, inner)
    {
        Line = line;
    }

    /// <summary>Where, counted from 1.</summary>
    public int Line { get; }
}
