# What the examples of the pages of cmdlets write: each page shows it below the example, and this file is how it came there.

Import-Module $PSScriptRoot/TestSupport.psm1
Import-Module $PSScriptRoot/DocumentedHome.psm1

$width = 80
$mostLines = 14

# The output of an example in the home folder of the documentation, as a terminal would show it; nothing where it writes nothing.
function Get-ExampleOutput([string] $Code, [string] $Folder) {
    $rendering, $PSStyle.OutputRendering = $PSStyle.OutputRendering, 'PlainText'
    $ConfirmPreference = 'None'
    try { $text = & ([scriptblock]::Create($Code)) 3>$null 6>$null | Out-String -Width $width }
    finally { $PSStyle.OutputRendering = $rendering }
    # As in the home of a user called ann, with the columns where they were.
    $ofUser = '/home/ann'
    $text = [regex]::Replace($text, [regex]::Escape("$Folder/home") + '(?<rest>[^\s''"]*)(?<space> +(?=\S))?', {
            param($match)
            $ofUser + $match.Groups['rest'].Value + ($match.Groups['space'].Success ? $match.Groups['space'].Value + ' ' * ("$Folder/home".Length - $ofUser.Length) : '')
        })
    $text = [regex]::Replace($text, [regex]::Escape("$Folder/ho".Substring(0, 9)) + '…', "$ofUser…")
    $text = $text.Replace('root root', 'ann  ann ').Replace((Get-RepositoryRoot), "$ofUser/scripts").Replace("$([Environment]::MachineName):", 'desk:')
    $lines = @($text.Replace($Folder, $ofUser).Trim("`r", "`n") -split '\r?\n' | ForEach-Object TrimEnd)
    if ($lines.Count -gt $mostLines) { $lines = $lines[0..($mostLines - 1)] + '…' }
    $lines -join "`n"
}

# What stays the same from run to run: the words of the first line. Which file comes first is the file system's own affair.
function Get-OutputHead([string] $Output) {
    ($Output -split '\r?\n')[0] -replace '\b[0-9A-F]{64}\b', '(hash)' -replace '-\d{8}-\d{6}(-\d+)?', '(id)' -replace '\d+', '0' -replace '\s+', ' '
}

# The example of a page with the output that stands below it; empty where none does.
function Get-ShownOutput([string] $Page, [string] $Title) {
    if ($Page -match "(?s)\n### $([regex]::Escape($Title))\n.*?``````powershell[^\n]*\n.*?\n``````\n(\n``````console\n(?:(?<shown>.*?)\n)??``````\n)?") { $Matches['shown'] } else { throw "There is no example '$Title'." }
}

# The page with another output below an example.
function Set-ShownOutput([string] $Page, [string] $Title, [string] $Output) {
    $pattern = "(?s)(?<before>\n### $([regex]::Escape($Title))\n.*?``````powershell[^\n]*\n.*?\n``````\n)(\n``````console\n(?:.*?\n)??``````\n)?"
    $shown = $Output ? "`n``````console`n$Output`n```````n" : ''
    [regex]::Replace($Page, $pattern, { param($match) $match.Groups['before'].Value + $shown })
}
