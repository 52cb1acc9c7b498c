using Journal.Hosting;

namespace Journal.Formats;

/// <summary>Finds the parts of the module that know a format. Each is loaded apart from everything else; see <see cref="PrivateAssembly"/>.</summary>
public static class FormatLoader
{
    private static readonly Lazy<IYamlFormat> LoadedYaml = new(static () => Load<IYamlFormat>(Path.Combine("formats", "yaml"), "Journal.Yaml"));
    private static readonly Lazy<ITableFormat> LoadedTables = new(static () => Load<ITableFormat>(Path.Combine("stores", "sqlite"), "Journal.Sqlite"));

    /// <summary>YAML.</summary>
    /// <exception cref="JournalException">PartMissing.</exception>
    public static IYamlFormat Yaml => LoadedYaml.Value;

    /// <summary>The tables of SQLite files: the store that knows SQLite reads those of others, too.</summary>
    /// <exception cref="JournalException">PartMissing.</exception>
    public static ITableFormat Tables => LoadedTables.Value;

    private static T Load<T>(string folder, string part)
        where T : class => PrivateAssembly.Load<T>(folder, part, path => JournalErrors.PartMissing(part, path));
}
