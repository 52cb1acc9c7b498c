using System.Collections.Concurrent;
using System.Management.Automation;
using Journal.Commands.Opening;
using Journal.Storage;
using Journal.Terminal;
using Journal.Workers;

namespace Journal.Commands.Base;

/// <summary>
/// What every cmdlet shares: the journal it works on, errors as PowerShell's, and an end by Ctrl+C. An error of one item is written and the
/// next item goes on; an error of the journal itself ends the call.
/// </summary>
public abstract class JournalCmdlet : PSCmdlet, IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> Asked = new();

    /// <summary>A file as Get-Item gives it, so that its view says in which folder it lies; null where there is none.</summary>
    protected PSObject? FileItem(string path)
    {
        try
        {
            // Wherever the session is, in Env: or in the registry.
            return InvokeProvider.Item.Get([Values.ValueReader.FileSystem + path], force: true, literalPath: true).FirstOrDefault();
        }
        catch (ItemNotFoundException)
        {
            return null;
        }
    }

    static JournalCmdlet() => Values.PowerShellValueCodec.Install();

    private readonly CancellationTokenSource _stop = new();
    private StoreSet _stores = new();
    private string? _toldMissing;
    private string? _resolved;
    private string? _address;
    private bool _disposed;

    /// <summary>The journal; by default the connected one, else $env:JOURNAL_PATH, else the user's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Journal")]
    public virtual string? JournalPath { get; set; }

    /// <summary>Signaled when the pipeline is stopped.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>The journal for reading; an error where there is none.</summary>
    protected IJournalStore Reader => OpenStore(StoreAccess.Read);

    /// <summary>The journal for changing what it holds; an error where there is none.</summary>
    protected IJournalStore Writer => OpenStore(StoreAccess.Write);

    /// <summary>The journal for reading what there is: one without anything where there is none yet, so that the first run of a script reads as any other.</summary>
    protected IJournalStore ReaderOrEmpty => OrEmpty(StoreAccess.Read);

    /// <summary>The journal for changing or removing what there is: one without anything where there is none yet.</summary>
    protected IJournalStore WriterOrEmpty => OrEmpty(StoreAccess.Write);

    /// <summary>The clock.</summary>
    protected static TimeProvider Time => TimeProvider.System;

    /// <summary>The processes of this machine.</summary>
    protected static IProcessTable Processes => ProcessTable.Instance;

    /// <summary>The journal as users see it, whether it exists or not: a full path, or an address without its password.</summary>
    protected string Location => JournalLocation.WithoutPassword(Address);

    /// <summary>The journal as a full path or an address, with its password if it was given with one; never to be shown.</summary>
    protected string Address
    {
        get
        {
            // A pipeline of objects from one journal names it again with each of them.
            if (_address is null || !string.Equals(_resolved, JournalPath, StringComparison.Ordinal)) (_resolved, _address) = (JournalPath, ResolveAddress(JournalPath));
            return _address;
        }
    }

    /// <summary>Opens the journal, or gives the one that is open.</summary>
    protected IJournalStore OpenStore(StoreAccess access)
    {
        var location = Location;
        var store = _stores.Get(Address, access);
        // Asked once: the question goes through all mounts of the machine.
        if (access is not StoreAccess.Read && Asked.TryAdd(location, true) && NetworkFileSystem.NameOf(location) is { } network)
        {
            WriteWarning($"The journal '{location}' lies on a network file system ({network}). Its locks may not hold between machines: keep it on a local disk, or let one machine at a time use it.");
        }

        return store;
    }

    /// <summary>The journals that this call has open, to be closed by whoever goes on with them when the call has ended.</summary>
    private protected IDisposable HandOverStores()
    {
        (var handedOver, _stores) = (_stores, new StoreSet());
        return handedOver;
    }

    /// <summary>The full path of a file as the session means it: from $PWD, with PSDrives and ~.</summary>
    /// <param name="path">Taken literally, wildcards and all; the file need not exist.</param>
    /// <param name="error">Makes the error, of the path and the detail.</param>
    protected string ResolveFilePath(string path, Func<string, string, JournalException> error)
    {
        // PowerShell passes it on, and the system ends the name there.
        if (path.Contains('\0', StringComparison.Ordinal)) throw error(path, "it holds a NUL character.");
        try
        {
            var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            if (provider.Name != "FileSystem") throw error(path, $"it is a path of the provider {provider.Name}, not of a file.");
            return FilePaths.Problem(full) is { } problem ? throw error(path, problem) : full;
        }
        catch (Exception e) when (e is (RuntimeException and not PipelineStoppedException) or ArgumentException or NotSupportedException)
        {
            throw error(path, e.Message);
        }
    }

    /// <summary>A warning of the journal, which may quote keys and messages of anybody's: without what commands a terminal.</summary>
    public new void WriteWarning(string text) => base.WriteWarning(TerminalText.Safe(text));

    /// <summary>The same for those who want to know more.</summary>
    public new void WriteVerbose(string text) => base.WriteVerbose(TerminalText.Safe(text));

    /// <summary>Asks, or tells under -WhatIf, about what may be named by anybody.</summary>
    public new bool ShouldProcess(string target, string action) => base.ShouldProcess(TerminalText.Safe(target), TerminalText.Safe(action));

    /// <summary>A line of what -WhatIf tells.</summary>
    internal void Tell(string text) => base.ShouldProcess(TerminalText.Safe(text), TerminalText.Safe(text), "");

    /// <summary>Once, before the first item.</summary>
    protected virtual void OnBegin()
    {
    }

    /// <summary>For each item of the pipeline, or once where there is none.</summary>
    protected virtual void OnItem()
    {
    }

    /// <summary>Once, after the last item.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>Does something with each of several values; an error of one is written and the next goes on.</summary>
    protected void ForEach<T>(IEnumerable<T> items, Action<T> action)
    {
        foreach (var item in items)
        {
            StopToken.ThrowIfCancellationRequested();
            Guard(() => action(item), itemsGoOn: true);
        }
    }

    /// <summary>Does what all inputs need: an error of it ends the call, once and not for each input.</summary>
    protected T OrEnd<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (JournalException e)
        {
            ThrowTerminatingError(e.ToErrorRecord());
            throw;
        }
    }

    /// <summary>Emits each of a stream of objects as it comes.</summary>
    protected void WriteAll<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            StopToken.ThrowIfCancellationRequested();
            WriteObject(item);
        }
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Guard(
        () =>
        {
            ModuleVersion.Verify(MyInvocation.MyCommand.Module);
            OnBegin();
        },
        itemsGoOn: false);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(OnItem, itemsGoOn: true);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(OnEnd, itemsGoOn: false);

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        // On another thread, and perhaps after Dispose.
        lock (_stop)
        {
            if (!_disposed) _stop.Cancel();
        }
    }

    /// <summary>Closes the journals that this call opened.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing)
    {
        lock (_stop)
        {
            if (_disposed || !disposing) return;
            _disposed = true;
        }

        _stores.Dispose();
        _stop.Dispose();
    }

    private void Guard(Action action, bool itemsGoOn)
    {
        try
        {
            action();
        }
        catch (JournalException e) when (itemsGoOn && !e.EndsTheCall())
        {
            WriteError(e.ToErrorRecord());
        }
        catch (JournalException e)
        {
            ThrowTerminatingError(e.ToErrorRecord());
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private IJournalStore OrEmpty(StoreAccess access)
    {
        try
        {
            return OpenStore(access);
        }
        catch (JournalException e) when (e.ErrorId is nameof(JournalErrors.JournalNotFound))
        {
            if (!string.Equals(_toldMissing, Location, StringComparison.Ordinal)) WriteVerbose(e.Message);
            return new EmptyJournal(_toldMissing = Location);
        }
    }

    private string ResolveAddress(string? path)
    {
        if (string.IsNullOrEmpty(path)) path = JournalConnection.Current?.Address ?? JournalLocation.Default;
        if (JournalLocation.IsPostgres(path)) return path;
        if (JournalLocation.Objection(path, OperatingSystem.IsWindows()) is { } objection) throw JournalErrors.UnsupportedJournal(path, objection);
        return JournalLocation.Resolve(ResolveFilePath(path, JournalErrors.UnsupportedJournal));
    }
}

/// <summary>Whether the code that runs is that of the module that was imported.</summary>
internal static class ModuleVersion
{
    private static readonly Version Loaded = typeof(ModuleVersion).Assembly.GetName().Version!;

    /// <summary>Refuses to work under the manifest of another version, whose views and scripts expect other code.</summary>
    /// <param name="module">The module of the cmdlet; null, or without a version, where the assembly was imported by itself.</param>
    /// <exception cref="JournalException">RestartRequired.</exception>
    public static void Verify(PSModuleInfo? module)
    {
        if (module?.Version is not { } installed || installed is { Major: 0, Minor: 0 }) return;
        if ((installed.Major, installed.Minor, Math.Max(installed.Build, 0)) == (Loaded.Major, Loaded.Minor, Loaded.Build)) return;
        throw JournalErrors.RestartRequired(module.Name, Loaded.ToString(3), installed.ToString());
    }
}

/// <summary>Who the cmdlets of this process are to the journal: one worker, and one more for each label that is used.</summary>
internal static class SessionWorker
{
    private static readonly ConcurrentDictionary<string, WorkerIdentity> ByLabel = new(StringComparer.Ordinal);

    /// <summary>The worker of this process.</summary>
    /// <param name="label">What the user calls it; null for the usual name.</param>
    public static WorkerIdentity Get(string? label = null) => ByLabel.GetOrAdd(label ?? "", _ => ProcessTable.Instance.NewWorker(label));
}
