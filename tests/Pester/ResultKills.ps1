<#
.SYNOPSIS
Kills a line that writes a CSV file at random moments, runs it again until it is done, and compares the file with the inputs.
.DESCRIPTION
Each round is a batch. With -KeepResult the last run's file must hold every input once. Without it the files of all runs, together with what
Get-JournalResult -Unconfirmed gives, must hold every input at least once.
.EXAMPLE
./build.sh pwsh -NoProfile -File tests/Pester/ResultKills.ps1 -Kills 200
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 100000)] [int] $Kills = 200,
    [int] $Inputs = 200,
    [int] $Seed = (Get-Random -Maximum 100000),
    # keep: with -KeepResult; outbox: without.
    [ValidateSet('keep', 'outbox')] [string[]] $Mode = ('keep', 'outbox'),
    [string] $Module = ($env:JOURNAL_MODULE ? $env:JOURNAL_MODULE : "$PSScriptRoot/../../Journal.psd1")
)
$ErrorActionPreference = 'Stop'
Import-Module $Module
Import-Module "$PSScriptRoot/../../build/Tools.psm1"
$random = [Random]::new($Seed)
$folder = [IO.Directory]::CreateTempSubdirectory('journal-kills-').FullName
$expected = 1..$Inputs | ForEach-Object { "row $_" }

# Starts the line; $null as $KillAfter lets it end. Gives whether it was killed.
function Invoke-Line([string] $Journal, [string] $Name, [string] $Csv, [string] $More, [Nullable[int]] $KillAfter) {
    $line = @"
`$env:JOURNAL_PATH = '$Journal'; Import-Module '$Module'; [Console]::Out.WriteLine('go')
1..$Inputs | Invoke-JournalBatch $Name $More { if (`$_ % 7 -eq 0) { [Threading.Thread]::Sleep(3) }; [pscustomobject]@{ N = `$_; Text = "row `$_" } } -WarningAction SilentlyContinue | Export-Csv '$Csv'
"@
    $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $line
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $said = $process.StandardError.ReadToEndAsync()
        if ($process.StandardOutput.ReadLine() -ne 'go') { throw "The line did not start: $($said.Result)" }
        if ($null -ne $KillAfter -and -not $process.WaitForExit($KillAfter)) {
            $process.Kill()
            $process.WaitForExit()
            return $true
        }
        if (-not $process.WaitForExit(300000)) { $process.Kill(); throw 'The line did not end.' }
        if ($process.ExitCode -ne 0) { throw "The line failed: $($said.Result)" }
        return $false
    }
    finally { $process.Dispose() }
}

# The whole rows of a file that may end in the middle of one.
function Get-Row([string] $Csv) {
    if (Test-Path -LiteralPath $Csv) { Import-Csv -LiteralPath $Csv | Where-Object { $_.Text -and $_.Text -ceq "row $($_.N)" } | ForEach-Object Text }
}

try {
    foreach ($kind in $Mode) {
        $more = $kind -eq 'keep' ? '-KeepResult' : ''
        $killed = $rounds = $missing = $twice = $unconfirmed = $failed = 0
        $whole = [System.Diagnostics.Stopwatch]::StartNew()
        $null = Invoke-Line "$folder/warm.db" warm "$folder/warm.csv" $more $null
        $limit = [int]$whole.ElapsedMilliseconds
        while ($killed -lt $Kills) {
            $rounds++
            $journal = "$folder/$kind-$rounds.db"
            $seen = [System.Collections.Generic.List[string]]::new()
            for ($run = 1; ; $run++) {
                $csv = "$folder/$kind-$rounds-$run.csv"
                $died = Invoke-Line $journal line $csv "$more -ThrottleLimit $($rounds % 3 + 1)" ($killed -lt $Kills ? $random.Next($limit) : $null)
                if ($died) { $killed++ }
                $rows = @(Get-Row $csv)
                $seen.AddRange([string[]]$rows)
                if (-not $died) { break }
                # A complete batch is over, and the same line would begin a new one; with -KeepResult only once a run has written all of it.
                if ((Test-Path $journal) -and (Get-JournalBatch -JournalPath $journal -ErrorAction Ignore)?.Status -eq 'Completed' -and
                    ($kind -eq 'outbox' -or @(Get-JournalResult -JournalPath $journal -Unconfirmed).Count -eq 0)) { break }
            }
            $batch = Get-JournalBatch -JournalPath $journal
            if ($batch.Count -ne 1) { throw "$($batch.Count) batches came of one line." }
            # A task whose workers die again and again has failed in the end, which the line says: it has no result to miss.
            $gone = @($batch | Get-JournalTask -JournalPath $journal -Status Failed | ForEach-Object { "row $($_.Key)" })
            $failed += $gone.Count
            $due = @($expected | Where-Object { $_ -notin $gone })
            if ($kind -eq 'outbox') {
                $doubtful = @(Get-JournalResult -JournalPath $journal -Unconfirmed | ForEach-Object Text)
                $unconfirmed += $doubtful.Count
                $seen.AddRange([string[]]$doubtful)
                $rows = $seen
                $missing += @($due | Where-Object { -not $seen.Contains($_) }).Count
            }
            else {
                $missing += @(Compare-Object $due @($rows) | Where-Object SideIndicator -EQ '<=').Count
                $twice += $rows.Count - @($rows | Sort-Object -Unique).Count
            }
            $health = Test-Journal -JournalPath $journal
            if (-not $health.IsHealthy) { throw "The journal is not sound: $($health.Problems)" }
        }
        [pscustomobject]@{ Mode = $kind; Seed = $Seed; Kills = $killed; Batches = $rounds; Inputs = $rounds * $Inputs; Failed = $failed; Missing = $missing; Twice = $twice; Unconfirmed = $unconfirmed }
    }
}
finally { Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore }
