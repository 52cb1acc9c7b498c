using System.Reflection;
using System.Xml.Linq;

namespace Journal.Help;

/// <summary>
/// Makes what <c>Format-List</c> shows of each type for which somebody wrote a table and no list: all its properties, in their order, each shown as its
/// type is. A property that is added is shown without anybody thinking of it.
/// </summary>
internal static class ListViews
{
    private const string ViewText = "[Journal.Commands.Views.ViewText]";

    /// <summary>The views.</summary>
    /// <param name="module">The folder with the views that are written by hand.</param>
    /// <param name="assemblies">Where the types are.</param>
    public static XDocument Document(string module, IReadOnlyList<Assembly> assemblies)
    {
        var views = Directory.GetFiles(module, "*.Format.ps1xml").Order(StringComparer.Ordinal).SelectMany(static file => XDocument.Load(file).Descendants("View")).ToList();
        var listed = TypesOf("ListControl").ToHashSet(StringComparer.Ordinal);
        var types = TypesOf("TableControl").Where(name => !listed.Contains(name)).Distinct(StringComparer.Ordinal)
            .Select(name => assemblies.Select(assembly => assembly.GetType(name)).FirstOrDefault(static type => type is not null)).OfType<Type>();
        return new XDocument(
            new XComment(" Made by the build, from the types. "),
            new XElement("Configuration", new XElement("ViewDefinitions", types.Select(View))));

        IEnumerable<string> TypesOf(string control) => views.Where(view => view.Element(control) is not null).SelectMany(static view => view.Descendants("TypeName")).Select(static name => name.Value);
    }

    private static XElement View(Type type) => new(
        "View",
        new XElement("Name", type.Name + "List"),
        new XElement("ViewSelectedBy", new XElement("TypeName", type.FullName)),
        new XElement("ListControl", new XElement("ListEntries", new XElement("ListEntry", new XElement("ListItems",
            type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(static property => property.MetadataToken).Select(Item))))));

    private static XElement Item(PropertyInfo property) => new("ListItem", new XElement("Label", property.Name), new XElement("ScriptBlock", Script(property)));

    private static string Script(PropertyInfo property)
    {
        var value = "$_." + property.Name;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(DateTimeOffset) ? $"{ViewText}::Local({value})"
            : type == typeof(TimeSpan) ? $"{ViewText}::Duration({value})"
            : type == typeof(JsonList) ? $"{ViewText}::Lines({value})"
            : type == typeof(JournalTaskStatus) || type == typeof(JournalAttemptOutcome) ? $"{ViewText}::Status({value}, $PSStyle)"
            : type.IsPrimitive ? value
            : $"{ViewText}::Safe({value})";
    }
}
