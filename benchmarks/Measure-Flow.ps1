<#
.SYNOPSIS
How many files of this clone somebody opens who follows a command from its input to its output, and how often they go from one file to another.
.DESCRIPTION
A new PowerShell runs each command, and its just-in-time compiler lists the methods in the order of their first calls. A method stands for the file that
declares its type. "Files" are the different ones; "Jumps" are the places in the list where a method is in another file than the one before it.
The threads of a run interleave, so the jumps of one measurement differ from those of the next by a few; the median of several is shown.
.NOTES
The figures do not depend on the speed of the machine. docs/architecture.md has them.
.EXAMPLE
./build.sh pwsh -NoProfile -File benchmarks/Measure-Flow.ps1
#>
[CmdletBinding()]
param(
    # How often each command is measured.
    [ValidateRange(1, 99)] [int] $Times = 3,
    # Show the files in the order in which they are first entered, with the number of methods of each, instead of the figures.
    [switch] $Detail
)
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
Import-Module "$root/build/Tools.psm1"
# The later commands read the journal that the first one writes.
$flows = @(
    "'one' | Invoke-JournalBatch flow { `$_ }"
    'Get-JournalTask flow | Measure-JournalTask'
    'Export-JournalReport flow flow.html'
)

# Which files declare a type, by its full name. A type inside another is in the file of the outer one.
$files = @{}
foreach ($file in Get-ChildItem "$root/src" -Filter *.cs -Recurse | Where-Object FullName -NotMatch '[\\/]obj[\\/]') {
    $text = Get-Content -Raw -LiteralPath $file.FullName
    $namespace = [regex]::Match($text, '(?m)^namespace ([\w.]+)').Groups[1].Value
    foreach ($type in [regex]::Matches($text, '(?m)^(?:(?:public|internal|static|sealed|abstract|readonly|partial|unsafe|ref) )*(?:class|record struct|record class|record|struct|enum|interface) (\w+)')) {
        $name = "$namespace.$($type.Groups[1].Value)"
        if (-not $files[$name]) { $files[$name] = [Collections.Generic.List[object]]::new() }
        $files[$name].Add([pscustomobject]@{ Name = [IO.Path]::GetRelativePath($root, $file.FullName); Text = $text })
    }
}

# The file of a method as the compiler writes it: Journal.Runs.RunBoard+<>c__DisplayClass3_0`1[…]:<Submit>b__0(…).
function Find-File([string] $Method) {
    $type, $member = $Method -split ':', 2
    $declared = $files[($type -replace '[+`\[].*$')]
    if (-not $declared) { return }
    if ($declared.Count -eq 1) { return $declared[0].Name }
    # A type in several files: the one that has the member.
    $name = [regex]::Match("$type $member", '<(\w+)>').Groups[1].Value
    if (-not $name) { $name = $member -replace '^(get|set|add|remove)_' -replace '[\[(].*$' }
    ($declared.Where({ $_.Text -match "\b$([regex]::Escape($name))\b" }, 'First') + $declared[0])[0].Name
}

function Measure-Once([string] $Command, [string] $Directory) {
    $list = Join-Path $Directory 'methods.txt'
    Remove-Item $list -ErrorAction Ignore
    $start = New-PowerShellStart @('-NoProfile', '-NonInteractive', '-Command', "Import-Module '$root/Journal.psd1'; Set-Location '$Directory'; $Command")
    $start.Environment['DOTNET_JitStdOutFile'] = $list
    $start.Environment['DOTNET_JitDisasmSummary'] = '1'
    # Else a short method is put into its callers, and is not listed.
    $start.Environment['DOTNET_TieredCompilation'] = '1'
    $start.Environment['JOURNAL_PATH'] = Join-Path $Directory flow.db
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $null = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode) { throw "$Command ended with exit code $($process.ExitCode)." }
    $seen = [Collections.Generic.HashSet[string]]::new()
    foreach ($line in [IO.File]::ReadLines($list)) {
        # Once: what is called often is compiled again, on a thread of its own.
        if ($line -match 'JIT compiled (Journal\..+) \[' -and $seen.Add($Matches[1]) -and ($file = Find-File $Matches[1])) { $file }
    }
}

$rounds = foreach ($round in 1..$Times) {
    $directory = Join-Path ([IO.Path]::GetTempPath()) "journal-flow-$([guid]::NewGuid().ToString('n'))"
    $null = New-Item -ItemType Directory $directory
    try {
        foreach ($flow in $flows) {
            $entered = @(Measure-Once $flow $directory)
            $jumps = 0
            for ($i = 1; $i -lt $entered.Count; $i++) { if ($entered[$i] -ne $entered[$i - 1]) { $jumps++ } }
            [pscustomobject]@{ Flow = $flow; Files = @($entered | Select-Object -Unique).Count; Jumps = $jumps; Entered = $entered }
        }
    }
    finally { Remove-Item -Recurse -Force $directory }
    if ($Detail) { break }
}

function Get-Median([int[]] $Values) { @($Values | Sort-Object)[[int][Math]::Floor(($Values.Count - 1) / 2)] }

foreach ($flow in $flows) {
    $own = @($rounds | Where-Object Flow -EQ $flow)
    if ($Detail) {
        $flow
        $own[0].Entered | Group-Object -NoElement | Sort-Object { $own[0].Entered.IndexOf($_.Name) } | ForEach-Object { '{0,5} {1}' -f $_.Count, $_.Name }
        continue
    }
    [pscustomobject]@{ Flow = $flow; Files = Get-Median $own.Files; Jumps = Get-Median $own.Jumps }
}
