using System.Text;
using Journal;
using Journal.Commands;
using Journal.Commands.Base;
using Journal.Help;

// Makes the help that PowerShell reads from the pages in docs/cmdlets and the topics in docs/about. What reflection knows better than a page
// (syntax, types, positions) is written into the pages, so that they cannot tell anything else than the cmdlets do. From the types come the views that
// show an object as a list of its properties.
if (args is not [var docs, var source, var target, var module])
{
    await Console.Error.WriteLineAsync("usage: Journal.Help <docs folder> <folder of the cmdlets' sources> <target folder> <module folder>");
    return 2;
}

var defaults = new DefaultValues(source);
var commands = new List<(CmdletShape Shape, HelpPage Page)>();
foreach (var shape in CmdletShape.In(typeof(JournalCmdlet).Assembly))
{
    var file = Path.Combine(docs, "cmdlets", $"{shape.Name}.md");
    // A cmdlet without a page is what the tests find; the others shall have their help all the same.
    if (!File.Exists(file)) continue;
    var text = File.ReadAllText(file).ReplaceLineEndings("\n");
    var current = GeneratedParts.Renew(text, shape, defaults);
    if (current != text) File.WriteAllText(file, current);
    commands.Add((shape, HelpPage.Parse(current)));
}

Directory.CreateDirectory(target);
File.WriteAllText(Path.Combine(target, "Journal.PowerShell.dll-Help.xml"), Maml.Document(commands, defaults), new UTF8Encoding(false));
foreach (var topic in Directory.EnumerateFiles(Path.Combine(docs, "about"), "about_*.help.txt"))
{
    File.Copy(topic, Path.Combine(target, Path.GetFileName(topic)), overwrite: true);
}

var views = Path.Combine(module, "bin");
Directory.CreateDirectory(views);
ListViews.Document(module, [typeof(JournalTask).Assembly, typeof(JournalCmdlet).Assembly]).Save(Path.Combine(views, "Journal.Lists.Format.ps1xml"));

return 0;
