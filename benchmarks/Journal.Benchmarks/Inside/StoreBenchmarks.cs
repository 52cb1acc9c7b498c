using BenchmarkDotNet.Attributes;
using Journal.Storage;

namespace Journal.Benchmarks.Inside;

/// <summary>The store without waiting for the disk.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks : IDisposable
{
    private const int Tasks = 10_000;

    private ScratchJournal _journal = null!;
    private IJournalStore _store = null!;

    /// <summary>A journal with finished tasks.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _journal = new ScratchJournal(Tasks);
        _store = _journal.Open(Durability.Normal);
        _journal.Finish(_store, Tasks / 2, failuresInHundred: 10);
    }

    /// <summary>Rows mapped to tasks, a thousand at a time.</summary>
    [Benchmark(OperationsPerInvoke = 1000)]
    public int ReadTasks() => _store.ReadTasks(new TaskQuery { First = 1000 }).Count();

    /// <summary>One batch, with its counts.</summary>
    [Benchmark]
    public object? FindBatch() => _store.FindBatch(_journal.BatchId);

    /// <summary>One task.</summary>
    [Benchmark]
    public object? FindTask() => _store.FindTask(Tasks / 2);

    /// <summary>The figures of a summary.</summary>
    [Benchmark(OperationsPerInvoke = Tasks)]
    public object ReadFigures() => _store.ReadFigures(_journal.BatchId);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _store.Dispose();
        _journal.Dispose();
        GC.SuppressFinalize(this);
    }
}
