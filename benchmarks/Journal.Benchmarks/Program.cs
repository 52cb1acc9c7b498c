using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Journal.Benchmarks;

// What benchmarks/bench.ps1 needs C# for; and, without PowerShell, as much of its table as there is. Journal.Benchmarks [-Quick] prints that table;
//   claim-complete|pace|connections|add|growth|processes N   a part of it, each line as JSON
//   insert N                                milliseconds that SQLite itself takes to insert N tasks
//   inside [BenchmarkDotNet's arguments]    the parts, by BenchmarkDotNet
var verb = args.FirstOrDefault() ?? "all";
var n = args.Length > 1 && int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
switch (verb)
{
    case "all" or "-Quick":
        var quick = verb == "-Quick";
        IEnumerable<Func<IEnumerable<Line>>> parts =
        [
            () => [ClaimAndComplete.Measure(quick ? 1_000 : 3_000)],
            () => Pace.Measure(quick ? 1_000 : 3_000, quick ? 100_000 : 1_000_000),
            () => Connections.Measure(quick ? 1_000 : 3_000),
            () => [InsertRate.Measure(quick ? 20_000 : 1_000_000)],
            () => FourProcesses.Measure(quick ? 1_500 : 4_000),
            () => [Growth.Measure(quick ? 100_000 : 1_000_000)],
        ];
        foreach (var line in parts.SelectMany(static part => part())) Console.WriteLine(line);
        return 0;
    case "claim-complete": return Print([ClaimAndComplete.Measure(n)]);
    case "connections": return Print(Connections.Measure(n));
    case "pace": return Print(Pace.Measure(n, 100 * n));
    case "add": return Print([InsertRate.Measure(n)]);
    case "growth": return Print([Growth.Measure(n)]);
    case "processes": return Print(FourProcesses.Measure(n));
    case "insert":
        Console.WriteLine(InsertRate.Directly(n).ToString(CultureInfo.InvariantCulture));
        return 0;
    case "join":
        FourProcesses.Join(args[1], args[2]);
        return 0;
    case "join-directly":
        FourProcesses.JoinDirectly(args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
        return 0;
    case "inside":
        // In this process: the benchmarks run on the runtime that is here, not on the one they were built for.
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromAssembly(typeof(Line).Assembly).Run(args.Length > 1 ? args[1..] : ["--filter", "*"], config);
        return 0;
    default:
        Console.Error.WriteLine($"'{verb}' is none of: all, -Quick, claim-complete, pace, connections, add, growth, processes, insert, inside.");
        return 2;
}

static int Print(IEnumerable<Line> lines)
{
    foreach (var line in lines) Console.WriteLine(line.ToJson());
    return 0;
}
