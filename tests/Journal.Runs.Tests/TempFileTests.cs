namespace Journal.Runs.Tests;

/// <summary>Temporary files that the work registers are gone however its attempt ends, unless it claims them as outputs.</summary>
public sealed class TempFileTests : RunnerFixture
{
    [Fact]
    public void They_go_with_the_end_of_the_attempt_however_that_is()
    {
        var batch = Start(["done", "failed", "skipped", "stopped"], BatchOptions.Default with { MaxRetries = 0 });
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(JournalPath)!, "work")).FullName;
        using var stop = new CancellationTokenSource();

        Run(
            batch,
            (task, stopped) =>
            {
                var file = Path.Combine(folder, task.Key + ".part");
                var kept = Path.Combine(folder, task.Key + ".kept");
                File.WriteAllText(file, "x");
                File.WriteAllText(kept, "x");
                task.AddTempFile(file);
                task.AddTempFile(kept);
                task.AddOutput(kept);
                switch (task.Key)
                {
                    case "failed": throw new ArgumentException("no");
                    case "skipped": task.Skip("no need"); break;
                    case "stopped":
                        stop.Cancel();
                        stopped.ThrowIfCancellationRequested();
                        break;
                }

                return null;
            },
            stop: stop.Token);

        Assert.Equal(["done.kept", "failed.kept", "skipped.kept", "stopped.kept"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.All(Tasks(batch), task => Assert.Empty(Store.ReadTempFiles(task.Id)));
    }
}
