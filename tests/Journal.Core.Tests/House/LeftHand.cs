namespace Journal.Tests.House.Left;

/// <summary>With RightHand a circle, which the test of namespaces must see.</summary>
internal sealed class LeftHand
{
    public Right.RightHand? Other { get; set; }
}
