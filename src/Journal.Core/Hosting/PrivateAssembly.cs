using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Journal.Hosting;

/// <summary>
/// Loads a part of the module (a store, a format), with its packages and its native library, into a load context of its own, so that another
/// module's version of the same packages cannot clash with it.
/// </summary>
internal static class PrivateAssembly
{
    // One context for each: a part may implement several contracts, and its native library must not be set up twice.
    private static readonly ConcurrentDictionary<string, Lazy<Assembly>> Loaded = new(StringComparer.Ordinal);

    /// <summary>The one implementation of a contract that a part exports.</summary>
    /// <typeparam name="T">The contract: a type of this assembly.</typeparam>
    /// <param name="folder">Where the part lies, seen from this assembly.</param>
    /// <param name="assemblyName">What it is called.</param>
    /// <param name="missing">Makes the error for a part that is not there, of the path where it should be.</param>
    public static T Load<T>(string folder, string assemblyName, Func<string, JournalException> missing)
        where T : class
    {
        var path = Path.Combine(Path.GetDirectoryName(typeof(PrivateAssembly).Assembly.Location)!, folder, assemblyName + ".dll");
        if (!File.Exists(path)) throw missing(path);
        var assembly = Loaded.GetOrAdd(path, static path => new Lazy<Assembly>(() => new PartLoadContext(path).LoadFromAssemblyPath(path))).Value;
        return (T)Activator.CreateInstance(assembly.GetExportedTypes().Single(static type => typeof(T).IsAssignableFrom(type)))!;
    }

    private sealed class PartLoadContext(string path) : AssemblyLoadContext("Journal:" + Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName name)
        {
            // The contract's types must be the caller's own, or a part would implement another assembly's interface.
            if (name.Name == typeof(PrivateAssembly).Assembly.GetName().Name) return typeof(PrivateAssembly).Assembly;
            return _resolver.ResolveAssemblyToPath(name) is { } found ? LoadFromAssemblyPath(found) : null;
        }

        protected override nint LoadUnmanagedDll(string name) =>
            _resolver.ResolveUnmanagedDllToPath(name) is { } found ? NativeLibrary.Load(found) : 0;
    }
}
