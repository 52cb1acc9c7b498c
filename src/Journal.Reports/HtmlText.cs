using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Journal.Reports;

/// <summary>Text and numbers as they stand in a page.</summary>
internal static class HtmlText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>A text of unknown origin, for an element's content or a quoted attribute.</summary>
    public static string Encode(string text) => Encoder.Encode(text);

    /// <summary>A number in an attribute of a drawing.</summary>
    public static string Coordinate(double number) => Math.Round(number, 2).ToString(CultureInfo.InvariantCulture);
}
