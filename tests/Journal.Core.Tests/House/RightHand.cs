namespace Journal.Tests.House.Right;

/// <summary>With LeftHand a circle, which the test of namespaces must see.</summary>
internal sealed class RightHand
{
    public Left.LeftHand? Other { get; set; }
}
