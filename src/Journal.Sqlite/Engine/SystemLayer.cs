using System.Runtime.InteropServices;

namespace Journal.Sqlite.Engine;

/// <summary>SQLite's <c>sqlite3_vfs</c>: what it asks of the operating system. As far as we need it; these parts have stayed where they are since they were added.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe partial struct SystemLayer
{
    public int Version;
    public int FileSize;
    public int MaxPath;
    public nint Next;
    public nint Name;
    public nint AppData;
    public nint Open;
    public nint Delete;
    public nint Access;
    public nint FullPathname;
    public nint LibraryOpen;
    public nint LibraryError;
    public nint LibrarySymbol;
    public nint LibraryClose;
    public nint Randomness;
    public delegate* unmanaged[Cdecl]<SystemLayer*, int, int> Sleep;
    public nint CurrentTime;
    public nint LastError;

    /// <summary>From version 2.</summary>
    public nint CurrentTimeInt64;

    /// <summary>From version 3, as what follows.</summary>
    public delegate* unmanaged[Cdecl]<SystemLayer*, byte*, nint, int> SetSystemCall;
    public delegate* unmanaged[Cdecl]<SystemLayer*, byte*, nint> GetSystemCall;

    /// <summary>The one that is used unless another is asked for.</summary>
    public static SystemLayer* Default => sqlite3_vfs_find(0);

    [LibraryImport("e_sqlite3")]
    private static partial SystemLayer* sqlite3_vfs_find(nint name);
}
