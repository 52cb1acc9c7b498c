using Journal.Lifecycle;

namespace Journal.Storage.Tests.Support;

/// <summary>What tests are run for, each case by itself.</summary>
public static class TestCases
{
    public static TheoryData<string> HostileTexts => new(
        "it's \"quoted\"", "'; DROP TABLE task; --", "100%_done_[x]*?", "line one\nline two\r\n\ttab", "naïve 日本語 🎉👩‍👩‍👧", "back\\slash`tick$var",
        " leading and trailing ", "{\"json\":[1,2]}", "\u202Ertl\u0007bell", "null", "0", new string('k', BatchNaming.MaxKeyLength), new string('é', BatchNaming.MaxKeyLength));

    public static TheoryData<TaskMoveKind, JournalTaskStatus> EveryMoveFromEveryStatus()
    {
        var data = new TheoryData<TaskMoveKind, JournalTaskStatus>();
        foreach (var rule in TaskLifecycle.Moves.Where(static rule => rule.Kind != TaskMoveKind.Claim))
        {
            foreach (var status in Enum.GetValues<JournalTaskStatus>()) data.Add(rule.Kind, status);
        }

        return data;
    }
}
