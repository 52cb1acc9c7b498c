using System.Management.Automation;
using Journal.Policy;
using Journal.Runs;
using Journal.Storage;
using Journal.Workers;

namespace Journal.Commands.Running;

/// <summary>Tells, for <c>-WhatIf</c>, what a run would do with every task and why. Changes nothing.</summary>
internal sealed class RunForecaster
{
    private readonly Cmdlet _cmdlet;
    private readonly bool _skipFailed;
    private readonly OutputCheck _check;
    private readonly Func<IJournalStore> _open;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private BatchChoice? _choice;
    private HashSet<long> _deadHeld = [];

    public RunForecaster(Cmdlet cmdlet, bool skipFailed, OutputCheck check, Func<IJournalStore> open)
    {
        (_cmdlet, _skipFailed, _check, _open) = (cmdlet, skipFailed, check, open);
    }

    /// <summary>Tells of an input.</summary>
    public void Add(NewTask input, Func<BatchChoice> choose)
    {
        var choice = Choose(choose);
        if (!_told.Add(input.Key)) return;
        var task = choice.Existing is { } batch
            ? _open().ReadTasks(new TaskQuery { BatchIds = [batch.Id], Keys = [TextPattern.Exactly(input.Key)], First = 1 }).FirstOrDefault()
            : null;
        Tell(input.Key, task is null ? TaskForecast.ForNewInput(choice.Existing is null) : Forecast(task, choice));
    }

    /// <summary>Tells of an input that an incremental run leaves out.</summary>
    public void AddLeftOut(NewTask input)
    {
        if (_told.Add(input.Key)) Tell(input.Key, new TaskForecast(ForecastAction.Leave, "completed by an earlier batch"));
    }

    /// <summary>Tells of the tasks that the batch has and no input named.</summary>
    public void Finish(Func<BatchChoice> choose)
    {
        var choice = Choose(choose);
        if (choice.Existing is not { } batch) return;
        foreach (var task in _open().ReadTasks(new TaskQuery { BatchIds = [batch.Id] }))
        {
            if (_told.Add(task.Key)) Tell(task.Key, Forecast(task, choice));
        }
    }

    private BatchChoice Choose(Func<BatchChoice> choose)
    {
        if (_choice is { } chosen) return chosen;
        var choice = choose();
        if (choice.Existing is { } batch)
        {
            _deadHeld = _open().ReadInFlight(batch.Id)
                .Where(task => RecoveryPolicy.Decide(task, task.Worker is null ? Liveness.Unknown : ProcessTable.Instance.Probe(task.Worker, NetworkFileSystem.IsOfThisMachine(_open().Location))) is not null)
                .Select(task => task.TaskId).ToHashSet();
        }

        _choice = choice;
        return choice;
    }

    private TaskForecast Forecast(JournalTask task, BatchChoice choice) => OutputVerification.DifferenceOf(task, _check) is { } lost
        ? new TaskForecast(ForecastAction.Run, $"its output is lost: {lost}")
        : TaskForecast.For(task, choice.StartOver, _skipFailed, _deadHeld.Contains(task.Id), _open().Now);

    private void Tell(string key, TaskForecast forecast)
    {
        var text = forecast.Action switch
        {
            ForecastAction.Run => $"Run '{key}': {forecast.Why}.",
            ForecastAction.Wait => $"Wait for '{key}': {forecast.Why}.",
            _ => $"Leave '{key}': {forecast.Why}.",
        };
        _cmdlet.ShouldProcess(text, text, "Run batch");
    }
}
