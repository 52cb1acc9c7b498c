using Journal.Statistics;

namespace Journal.Tests.Statistics;

public class EtaEstimatorTests
{
    private const double Tolerated = 0.15;

    private static (double, double)[] Alike(params double[] seconds) => [.. seconds.Select(static s => (1.0, s))];

    private static EtaSample Sample(int count, double secondsEach, double deviation = 0) => new(count, count, count * secondsEach, deviation);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void In_parallel_the_estimate_is_within_15_percent_from_a_tenth_of_the_run_on(int lanes)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var run = new SimulatedRun(Alike(SimulatedRun.Durations(seed, Math.Max(2_000, 1_000 * lanes), 3, 0.5)), lanes);
            foreach (var part in new[] { 0.1, 0.3, 0.5, 0.7, 0.9 }) Assert.InRange(run.ErrorAt(part), 0, Tolerated);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Right_after_a_resume_the_estimate_rests_on_what_earlier_sessions_measured(int lanes)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var all = SimulatedRun.Durations(seed, 3_000, 3, 0.5);
            var before = new EtaAccumulator();
            foreach (var seconds in all[..1_000]) before.Add(1, TimeSpan.FromSeconds(seconds));
            var run = new SimulatedRun(Alike(all[1_000..]), lanes, before.Sample);
            foreach (var part in new[] { 0.0, 0.001, 0.005, 0.1, 0.5, 0.9 }) Assert.InRange(run.ErrorAt(part), 0, Tolerated);
        }
    }

    [Fact]
    public void A_session_that_is_slower_than_the_last_one_is_believed_after_a_few_tasks()
    {
        var run = new SimulatedRun(Alike([.. Enumerable.Repeat(6.0, 500)]), 1, Sample(1_000, 3));
        Assert.InRange(run.ErrorAt(0.0), 0.45, 0.55);
        Assert.InRange(run.ErrorAt(0.021), 0, 0.01);
    }

    [Fact]
    public void Weights_tell_a_large_file_at_the_end_from_a_small_one()
    {
        // Sorted by size, the small ones first: by count the estimate would be far too early.
        var tasks = Enumerable.Range(1, 400).Select(static n => ((double)n, n * 0.1)).ToArray();
        var weighted = new SimulatedRun(tasks, 4);
        var counted = new SimulatedRun([.. tasks.Select(static task => (1.0, task.Item2))], 4);
        Assert.InRange(weighted.ErrorAt(0.2), 0, Tolerated);
        Assert.InRange(counted.ErrorAt(0.2), 0.4, 1);
    }

    [Fact]
    public void What_it_costs_to_record_a_short_task_is_part_of_the_estimate()
    {
        var run = new SimulatedRun(Alike([.. Enumerable.Repeat(0.01, 2_000)]), 2, overhead: 0.01);
        Assert.InRange(run.ErrorAt(0.5), 0, 0.02);
    }

    [Fact]
    public void Time_in_which_nobody_worked_does_not_count()
    {
        // The same measurements, whatever lies between them: nothing here knows when the batch began.
        var facts = new EtaFacts(50, 50) { Session = Sample(50, 2), ActiveTime = TimeSpan.FromSeconds(100) };
        Assert.Equal(TimeSpan.FromSeconds(100), EtaEstimator.Estimate(facts).P50);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_later_estimate_is_kept_about_nine_times_out_of_ten(int lanes)
    {
        var runs = Enumerable.Range(0, 300).Select(seed => new SimulatedRun(Alike(SimulatedRun.Durations(seed, 200, 3, 0.5)), lanes)).ToList();
        foreach (var part in new[] { 0.3, 0.6, 0.9 }) Assert.InRange(runs.Count(run => run.KeptP90At(part)) / 300.0, 0.8, 0.97);
    }

    [Fact]
    public void The_last_task_takes_as_long_as_a_task_however_many_lanes_are_idle() =>
        Assert.Equal(TimeSpan.FromSeconds(8), EtaEstimator.Estimate(new EtaFacts(1, 1) { History = Sample(100, 8), Parallelism = 16 }).P50);

    [Fact]
    public void What_is_in_flight_has_been_worked_on_already()
    {
        var facts = new EtaFacts(1, 1) { History = Sample(100, 8), InFlight = 1 };
        Assert.Equal(TimeSpan.FromSeconds(5), EtaEstimator.Estimate(facts with { InFlightElapsed = TimeSpan.FromSeconds(3) }).P50);
        Assert.InRange(EtaEstimator.Estimate(facts with { InFlightElapsed = TimeSpan.FromHours(3) }).P50!.Value, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_retry_that_is_not_due_yet_is_waited_for()
    {
        var facts = new EtaFacts(2, 2) { History = Sample(100, 8), Wait = TimeSpan.FromMinutes(5) };
        Assert.Equal(TimeSpan.FromSeconds(316), EtaEstimator.Estimate(facts).P50);
        Assert.InRange(EtaEstimator.Estimate(facts with { InFlight = 1, Parallelism = 2 }).P50!.Value, TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(310));
    }

    [Fact]
    public void Time_spent_on_attempts_that_failed_makes_the_rest_slower_too()
    {
        var measured = new EtaAccumulator();
        for (var i = 0; i < 20; i++)
        {
            measured.Add(1, TimeSpan.FromSeconds(3));
            measured.AddLost(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(TimeSpan.FromSeconds(40), EtaEstimator.Estimate(new EtaFacts(10, 10) { Session = measured.Sample }).P50);
    }

    [Fact]
    public void Nothing_left_is_over_and_nothing_measured_is_unknown()
    {
        Assert.Equal(new Eta(TimeSpan.Zero, TimeSpan.Zero), EtaEstimator.Estimate(new EtaFacts(0, 0)));
        Assert.Equal(default, EtaEstimator.Estimate(new EtaFacts(10, 10) { Parallelism = 4 }));
        Assert.Equal(default, EtaEstimator.Estimate(new EtaFacts(10, 10) { Session = new EtaAccumulator().Sample }));
    }

    [Fact]
    public void Weights_of_zero_fall_back_on_the_count() =>
        Assert.Equal(TimeSpan.FromSeconds(20), EtaEstimator.Estimate(new EtaFacts(10, 0) { Session = new EtaSample(20, 0, 40, 0) }).P50);

    [Fact]
    public void An_estimate_is_never_negative_and_its_later_half_never_earlier() => Law.Holds(
        from left in Gen.Choose(0, 5)
        from weight in Gen.Elements(0, 1e-9, 3, 1e18)
        from session in AnySample
        from history in AnySample
        from lanes in Gen.Choose(-1, 64)
        from inFlight in Gen.Choose(-1, 70)
        from elapsed in Law.AnyDuration
        from active in Gen.Elements<TimeSpan?>(null, TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromDays(1))
        from wait in Law.AnyDuration
        select new EtaFacts(left, weight)
        {
            Session = session, History = history, Parallelism = lanes, InFlight = inFlight, InFlightElapsed = elapsed, ActiveTime = active, Wait = wait,
        },
        static facts => EtaEstimator.Estimate(facts) is var eta && eta.P50.HasValue == eta.P90.HasValue && (eta.P50 is not { } p50 || (p50 >= TimeSpan.Zero && eta.P90 >= p50)));

    private static Gen<EtaSample> AnySample { get; } =
        from tasks in Gen.Zip(Gen.Elements(0, 1e-9, 1, 1e12), Law.AnyDuration).ListOf()
        select tasks.Aggregate(new EtaAccumulator(), static (sum, task) =>
        {
            sum.Add(task.Item1, task.Item2);
            return sum;
        }).Sample;
}
