using Journal.Formats;
using Journal.Interchange.Formats;

namespace Journal.Tests.Interchange;

/// <summary>Without these, opening a report in a spreadsheet could run what an error message says, or a round trip could change a text.</summary>
public class CsvCellTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("-5", "-5")]
    [InlineData("+1.5e3", "+1.5e3")]
    [InlineData("=cmd()", "'=cmd()")]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData(" =1", "' =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("'=1", "''=1")]
    [InlineData("it's", "it's")]
    [InlineData("'quoted'", "'quoted'")]
    public void Cells_are_quoted_and_formulas_neutralised(string? text, string cell) => Assert.Equal(cell, CsvCell.Write(text));

    [Fact]
    public void No_cell_begins_as_a_formula_and_every_text_comes_back() =>
        Law.Holds(Gen.OneOf(Law.AnyText, Law.AnyText.SelectMany(static text => Gen.Elements("=", "'=", "''@", "-", "' +", "\t").Select(start => start + text))), static text =>
        {
            var cell = CsvCell.Write(text);
            var content = cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;
            var harmless = content.Length == 0 || content[0] is not ('=' or '@' or '\t' or '\r') || double.TryParse(content, out _);
            return harmless && CsvCell.Read(content) == text;
        });
}
