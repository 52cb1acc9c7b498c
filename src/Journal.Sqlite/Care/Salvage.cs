using Journal.Storage;

namespace Journal.Sqlite.Care;

internal sealed class Salvage(StoreOptions options, string asidePath)
{
    public IReadOnlyList<string> Run() => throw new NotSupportedException(options.Location + asidePath);
}
