using Journal.Statistics;

namespace Journal.Tests.Statistics;

/// <summary>
/// A run that takes no time: lanes take tasks in their order, each for as long as it is said to last. Asked at every end of a task how much longer
/// it will take, it knows the true answer.
/// </summary>
internal sealed class SimulatedRun
{
    private readonly List<(double At, Eta Eta)> _estimates = [];

    public SimulatedRun(IReadOnlyList<(double Weight, double Seconds)> tasks, int lanes, EtaSample history = default, double overhead = 0)
    {
        var measured = new EtaAccumulator();
        var free = new double[lanes];
        var running = new PriorityQueue<(double Weight, double Start, double End, int Lane), double>();
        var weightLeft = tasks.Sum(static task => task.Weight);
        var next = 0;
        for (; next < Math.Min(lanes, tasks.Count); next++) Start(next, next);
        Ask(0);
        while (running.TryDequeue(out var ended, out _))
        {
            measured.Add(ended.Weight, TimeSpan.FromSeconds(ended.End - ended.Start));
            weightLeft -= ended.Weight;
            free[ended.Lane] = ended.End + overhead;
            End = ended.End;
            if (next < tasks.Count) Start(next++, ended.Lane);
            Ask(ended.End);
        }

        void Start(int task, int lane) => running.Enqueue(
            (tasks[task].Weight, free[lane], free[lane] + tasks[task].Seconds, lane), free[lane] + tasks[task].Seconds);

        void Ask(double now)
        {
            var inFlight = running.UnorderedItems;
            _estimates.Add((now, EtaEstimator.Estimate(new EtaFacts(
                tasks.Count - next + inFlight.Count, Math.Max(0, weightLeft))
            {
                Session = measured.Sample,
                History = history,
                Parallelism = lanes,
                InFlight = inFlight.Count,
                InFlightElapsed = TimeSpan.FromSeconds(inFlight.Sum(task => Math.Max(0, now - task.Element.Start))),
                ActiveTime = TimeSpan.FromSeconds(now),
            })));
        }
    }

    /// <summary>When the last task ended, in seconds.</summary>
    public double End { get; private set; }

    /// <summary>How far the estimate was off, as a part of the time that was left, when so much of the run was over.</summary>
    public double ErrorAt(double part)
    {
        var (at, eta) = At(part);
        return Math.Abs(eta.P50!.Value.TotalSeconds - (End - at)) / (End - at);
    }

    /// <summary>Whether the rest of the run kept within the later estimate.</summary>
    public bool KeptP90At(double part) => At(part) is var (at, eta) && End - at <= eta.P90!.Value.TotalSeconds;

    /// <summary>The estimate when so much of the run was over.</summary>
    public (double At, Eta Eta) At(double part) => _estimates.Last(estimate => estimate.At <= part * End);

    /// <summary>Durations around a mean, the long ones rarer and longer, as files and downloads have them; the same for the same seed.</summary>
    public static double[] Durations(int seed, int count, double mean, double spread)
    {
#pragma warning disable CA5394 // A simulation wants the same numbers each time.
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            mean * Math.Exp(spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) - spread * spread / 2))];
#pragma warning restore CA5394
    }
}
