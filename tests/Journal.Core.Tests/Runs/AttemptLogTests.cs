using System.Text;
using Journal.Runs;

namespace Journal.Tests.Runs;

/// <summary>What an attempt wrote last is what tells why it failed: that is kept, whole lines of it, and never more than was allowed.</summary>
public class AttemptLogTests
{
    private const string Lead = "2026-03-04T05:06:07.089Z WARNING ";

    private static readonly DateTimeOffset At = new(2026, 3, 4, 6, 6, 7, 89, TimeSpan.FromHours(1));

    [Fact]
    public void A_log_that_nothing_was_added_to_is_none() => Assert.Null(new AttemptLog(100).Text);

    [Theory]
    [InlineData(LogStream.Warning, "WARNING")]
    [InlineData(LogStream.Info, "INFO")]
    [InlineData(LogStream.Verbose, "VERBOSE")]
    [InlineData(LogStream.StdErr, "STDERR")]
    public void A_line_has_its_time_in_UTC_and_its_stream(LogStream stream, string name)
    {
        var log = new AttemptLog(1000);
        log.Add(At, stream, "low on disk");
        Assert.Equal($"2026-03-04T05:06:07.089Z {name} low on disk", log.Text);
    }

    [Theory]
    [InlineData("one\ntwo", "one", "two")]
    [InlineData("one\r\ntwo\r\n", "one", "two")]
    [InlineData("10%\r20%", "10%", "20%")]
    [InlineData("one\n\ntwo\n", "one", "", "two")]
    [InlineData("", "")]
    [InlineData("a\n2026-03-04T05:06:07.089Z STDERR not said", "a", "2026-03-04T05:06:07.089Z STDERR not said")]
    public void Every_line_of_a_text_is_a_line_of_the_log(string text, params string[] lines)
    {
        var log = new AttemptLog(1000);
        log.Add(At, LogStream.Warning, text);
        Assert.Equal(lines.Select(static line => Lead + line), log.Text!.Split('\n'));
    }

    [Fact]
    public void The_oldest_lines_go_first_and_the_log_says_how_much_they_were()
    {
        var line = Lead.Length + 4 + 1;
        var log = new AttemptLog(2 * line);
        log.Add(At, LogStream.Warning, "aaaa");
        log.Add(At, LogStream.Warning, "bbbb");
        Assert.Equal($"{Lead}aaaa\n{Lead}bbbb", log.Text);

        log.Add(At, LogStream.Warning, "cccc\ndddd");

        Assert.Equal($"[{2 * line} bytes before this dropped]\n{Lead}cccc\n{Lead}dddd", log.Text);
    }

    [Fact]
    public void Of_a_line_that_is_longer_than_the_log_its_end_is_kept()
    {
        var log = new AttemptLog(Lead.Length + 5);
        log.Add(At, LogStream.Warning, "before");
        log.Add(At, LogStream.Warning, new string('x', 100_000) + "last");
        Assert.Equal($"[{Lead.Length + 6 + 1 + 100_000} bytes before this dropped]\n{Lead}last", log.Text!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void A_log_too_small_for_a_line_says_that_something_was_written(int limit)
    {
        var log = new AttemptLog(limit);
        log.Add(At, LogStream.Warning, "low");
        Assert.Equal($"[{Lead.Length + 3 + 1} bytes before this dropped]", log.Text);
    }

    [Theory]
    [InlineData("ä", 2)]
    [InlineData("€", 3)]
    [InlineData("😀", 4)]
    public void No_character_is_split(string character, int size)
    {
        for (var room = 0; room <= 3 * size; room++)
        {
            var log = new AttemptLog(Lead.Length + 1 + room);
            log.Add(At, LogStream.Warning, string.Concat(Enumerable.Repeat(character, 50)));
            Assert.EndsWith(Lead + string.Concat(Enumerable.Repeat(character, room / size)), log.Text!, StringComparison.Ordinal);
            Assert.StartsWith($"[{(50 - (room / size)) * size} bytes ", log.Text!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whatever_is_written_the_log_keeps_within_its_limit_and_accounts_for_every_byte() =>
        Law.Holds(Gen.Zip(Law.AnyText.ListOf(), Gen.Choose(1, 400)), static of =>
        {
            var (texts, limit) = (of.Item1, of.Item2);
            var (log, all) = (new AttemptLog(limit), new AttemptLog(int.MaxValue));
            foreach (var text in texts)
            {
                log.Add(At, LogStream.Info, text);
                all.Add(At, LogStream.Info, text);
            }

            if (all.Text is not { } whole) return log.Text is null;
            var kept = log.Text!;
            var dropped = 0L;
            if (kept.StartsWith('['))
            {
                dropped = long.Parse(kept.AsSpan(1, kept.IndexOf(' ', StringComparison.Ordinal) - 1), System.Globalization.CultureInfo.InvariantCulture);
                kept = kept.Contains('\n', StringComparison.Ordinal) ? kept[(kept.IndexOf('\n', StringComparison.Ordinal) + 1)..] + "\n" : "";
            }
            else
            {
                kept += "\n";
            }

            var size = Encoding.UTF8.GetByteCount(kept);
            return size <= limit && dropped + size == Encoding.UTF8.GetByteCount(whole + "\n");
        });

    [Fact]
    public void Several_threads_can_write_at_once()
    {
        var log = new AttemptLog(1024 * 1024);
        Parallel.For(0, 400, n => log.Add(At, LogStream.StdErr, $"line {n}"));
        Assert.Equal(Enumerable.Range(0, 400).Select(static n => $"line {n}").Order(), log.Text!.Split('\n').Select(static line => line["2026-03-04T05:06:07.089Z STDERR ".Length..]).Order());
    }
}
