using System.Globalization;
using Journal.Formats;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Journal.Yaml;

/// <summary>Writes a node as a document.</summary>
internal static class NodeWriter
{
    private const int MaxSimpleKey = 1024;

    public static string Write(Node node)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: MaxSimpleKey, newLine: "\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, [], isImplicit: true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: false));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.Text: EmitText(emitter, node.Text); break;
            case NodeKind.Number or NodeKind.Flag: emitter.Emit(Plain(node.Text)); break;
            case NodeKind.List:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, node.Items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in node.Items) Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case NodeKind.Map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, node.Members.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in node.Members)
                {
                    EmitText(emitter, name);
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            default: emitter.Emit(Plain("null")); break;
        }
    }

    private static void EmitText(Emitter emitter, string text) => emitter.Emit(
        PlainScalars.IsPlain(text) ? Plain(text) : new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true));

    private static Scalar Plain(string text) => new(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false);
}
