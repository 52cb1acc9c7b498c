using Journal.Hosting;
using Journal.Interchange.Formats;

namespace Journal.Interchange;

/// <summary>Finds the parts of the module that know a format. Each is loaded apart from everything else; see <see cref="PrivateAssembly"/>.</summary>
public static class FormatLoader
{
    private static readonly Lazy<IYamlFormat> LoadedYaml = new(static () => PrivateAssembly.Load<IYamlFormat>(
        Path.Combine("formats", "yaml"), "Journal.Yaml", static path => JournalErrors.PartMissing("Journal.Yaml", path)));

    /// <summary>YAML.</summary>
    /// <exception cref="JournalException">PartMissing.</exception>
    public static IYamlFormat Yaml => LoadedYaml.Value;
}
