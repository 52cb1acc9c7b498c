using Journal.Formats;

namespace Journal.Yaml;

/// <summary>YAML by YamlDotNet's events: no types of this project are made from what a file says.</summary>
public sealed class YamlFormat : IYamlFormat
{
    /// <inheritdoc/>
    public Node Read(string text) => new NodeReader(text).Read();

    /// <inheritdoc/>
    public string Write(Node node) => NodeWriter.Write(node);
}
