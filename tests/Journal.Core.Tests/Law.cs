namespace Journal.Tests;

/// <summary>What must hold for every value that a generator can think of.</summary>
internal static class Law
{
    /// <summary>Fails with the smallest counterexample that was found.</summary>
    public static void Holds<T>(Gen<T> values, Func<T, bool> law) => Prop.ForAll(values.ToArbitrary(), law).QuickCheckThrowOnFailure();

    /// <summary>Texts of any content, null characters and lone surrogates among them, but never null.</summary>
    public static Gen<string> AnyText { get; } = ArbMap.Default.GeneratorFor<string>().Select(static text => text ?? "");

    /// <summary>Durations from nothing to a day, often equal to each other.</summary>
    public static Gen<TimeSpan> AnyDuration { get; } = Gen.OneOf(
        Gen.Choose(0, 5).Select(static seconds => TimeSpan.FromSeconds(seconds)),
        Gen.Choose(0, 86_400_000).Select(static milliseconds => TimeSpan.FromMilliseconds(milliseconds)));
}
