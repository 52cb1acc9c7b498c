namespace Journal.Help;

/// <summary>The syntax of a cmdlet as PowerShell writes it.</summary>
internal static class SyntaxText
{
    private const int Width = 100;
    private const string Indent = "    ";

    /// <summary>The line of a parameter set, broken between parameters.</summary>
    public static string Of(CmdletShape shape, string set)
    {
        var lines = new List<string>();
        var line = shape.Name;
        foreach (var part in shape.InSet(set).Select(static entry => Part(entry.Parameter, entry.Place)).Append("[<CommonParameters>]"))
        {
            if (line.Length + 1 + part.Length > Width)
            {
                lines.Add(line);
                line = Indent + part;
            }
            else
            {
                line += " " + part;
            }
        }

        return string.Join('\n', lines.Append(line));
    }

    private static string Part(ParameterShape parameter, ParameterPlace place)
    {
        var name = place.Position is null ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
        var text = parameter.IsSwitch ? name : $"{name} <{parameter.Type}>";
        return place.Mandatory ? text : $"[{text}]";
    }
}
