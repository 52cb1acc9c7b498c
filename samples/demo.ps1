# A batch over real files is killed in the middle (SIGKILL) and run again: nothing is lost, nothing that was done is repeated.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../Journal.psd1", "$PSScriptRoot/../build/Tools.psm1"
$count = 400
$directory = Join-Path ([IO.Path]::GetTempPath()) "journal-demo-$([guid]::NewGuid().ToString('n'))"
$tree, $log = (Join-Path $directory files), (Join-Path $directory ran.log)
$PSDefaultParameterValues['*-Journal*:JournalPath'] = $journal = Join-Path $directory journal.db

function Start-Run {
    [Diagnostics.Process]::Start((New-PowerShellStart '-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/hash-files.ps1", '-JournalPath', $journal, '-Tree', $tree, '-Log', $log))
}

try {
    foreach ($i in 1..$count) {
        $folder = (New-Item -ItemType Directory -Force (Join-Path $tree ($i % 10))).FullName
        [IO.File]::WriteAllBytes((Join-Path $folder ('photo {0:d4}.jpg' -f $i)), [Security.Cryptography.RandomNumberGenerator]::GetBytes(1000 + $i * 97 % 50000))
    }

    "1. Hash $count files with Invoke-JournalBatch, and kill the process (SIGKILL) in the middle."
    $run = Start-Run
    while (-not $run.WaitForExit(50)) {
        # Until the run has made its journal there is none to read.
        $completed = try { (Get-JournalBatch).Completed } catch { 0 }
        if ($completed -ge $count * 0.4) { break }
    }
    $run.Kill()
    $run.WaitForExit()
    $killed = Get-JournalBatch
    Get-JournalBatch | Format-Table | Out-String -Width 120 | ForEach-Object TrimEnd

    "2. Run the same line again."
    $run = Start-Run
    $run.WaitForExit()

    "3. What the journal says."
    Get-JournalBatch | Format-Table | Out-String -Width 120 | ForEach-Object TrimEnd
    Get-JournalBatch | Measure-JournalBatch | Format-List | Out-String -Width 120 | ForEach-Object TrimEnd

    $completions = Get-JournalEvent | Where-Object Kind -EQ Completed | Group-Object TaskId
    $once = $completions.Count -eq $count -and @($completions | Where-Object Count -NE 1).Count -eq 0
    $twice = @(Get-Content $log | Group-Object | Where-Object Count -GT 1).Count
    ''
    "Proof: $($completions.Count) of $count recorded Completed, each once: $once. Run twice: $twice (in flight at the kill: $($killed.InProgress))."
    if (-not $once -or $twice -gt $killed.InProgress) { exit 1 }
}
finally {
    if ($run -and -not $run.HasExited) {
        $run.Kill()
        $run.WaitForExit()
    }

    Remove-Item $directory -Recurse -Force -ErrorAction Ignore
}
