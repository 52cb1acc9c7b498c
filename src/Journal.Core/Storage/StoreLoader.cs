using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Journal.Storage;

/// <summary>
/// Loads each engine, with its packages and its native library, into a load context of its own, so that another module's version of the same
/// packages cannot clash with it.
/// </summary>
public static class StoreLoader
{
    private static readonly Lazy<IJournalStoreFactory> Sqlite = new(() => Load("sqlite", "Journal.Sqlite"));
    private static readonly Lazy<IJournalStoreFactory> Postgres = new(() => Load("postgres", "Journal.Postgres"));

    /// <summary>The engine for a location.</summary>
    public static IJournalStoreFactory For(string location) => JournalLocation.IsPostgres(location) ? Postgres.Value : Sqlite.Value;

    private static IJournalStoreFactory Load(string folder, string assemblyName)
    {
        var directory = Path.Combine(Path.GetDirectoryName(typeof(StoreLoader).Assembly.Location)!, "stores", folder);
        var path = Path.Combine(directory, assemblyName + ".dll");
        if (!File.Exists(path)) throw JournalErrors.UnsupportedJournal(assemblyName, $"'{path}' is not there: the installation is incomplete.");
        var assembly = new StoreLoadContext(path).LoadFromAssemblyPath(path);
        var type = assembly.GetExportedTypes().Single(static type => typeof(IJournalStoreFactory).IsAssignableFrom(type));
        return (IJournalStoreFactory)Activator.CreateInstance(type)!;
    }

    private sealed class StoreLoadContext(string storePath) : AssemblyLoadContext("Journal:" + Path.GetFileNameWithoutExtension(storePath))
    {
        private readonly AssemblyDependencyResolver _resolver = new(storePath);

        protected override Assembly? Load(AssemblyName name)
        {
            // The contract's types must be the caller's own, or a store would implement another assembly's interface.
            if (name.Name == typeof(StoreLoader).Assembly.GetName().Name) return typeof(StoreLoader).Assembly;
            return _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;
        }

        protected override nint LoadUnmanagedDll(string name) =>
            _resolver.ResolveUnmanagedDllToPath(name) is { } path ? NativeLibrary.Load(path) : 0;
    }
}
