# A PostgreSQL server for a suite, and processes that work on it in step with the test: they say where they are and wait for a line.

Import-Module $PSScriptRoot/TestSupport.psm1
$assembly = Join-Path (Get-RepositoryRoot) 'tests/Journal.Storage.Tests/bin/Release/net10.0/Journal.Testing.dll'

# Whether a server can be had: its binaries are on this machine, and so are the tests in C#, in a PowerShell that can load them.
function Test-Postgres {
    try { Add-Type -LiteralPath $assembly -ErrorAction Stop }
    catch { return $false }
    [bool] [Journal.Testing.PostgresServer]::Binaries
}

function New-Postgres { [Journal.Testing.PostgresServer]::new() }

# A line in a process of its own. Its blocks can say something, and ask, which waits for Send-Answer.
function Start-Worker([string] $Line, [hashtable] $Environment = @{}) {
    $prelude = "Import-Module '$(Get-ModulePath)'; function say(`$text) { [Console]::Out.WriteLine(`$text); [Console]::Out.Flush() }; function ask(`$text) { say `$text; [Console]::In.ReadLine() }"
    $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', "$prelude; $Line"
    $start.RedirectStandardOutput = $start.RedirectStandardInput = $start.RedirectStandardError = $true
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    [System.Diagnostics.Process]::Start($start)
}

# What a worker says up to a line like this, or to its end.
function Read-Worker($Worker, [string] $Until = '') {
    while ($true) {
        $line = $Worker.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(30000)) { throw "The worker says nothing; it was to say '$Until'." }
        if ($null -eq $line.Result) {
            if ($Until) { throw "The worker ended before it said '$Until': $($Worker.StandardError.ReadToEnd())" }
            return
        }

        $line.Result
        if ($Until -and $line.Result -like $Until) { return }
    }
}

function Send-Answer($Worker, [string] $Text = 'go') {
    $Worker.StandardInput.WriteLine($Text)
    $Worker.StandardInput.Flush()
}

# From here on whatever it asks is answered at once.
function Close-Answers($Worker) { $Worker.StandardInput.Close() }

function Stop-Worker([Parameter(ValueFromRemainingArguments)] $Workers) {
    foreach ($worker in $Workers | Where-Object { $_ }) {
        if (-not $worker.HasExited) { $worker.Kill() }
        $worker.WaitForExit()
        $worker.Dispose()
    }
}

# Waits beside the test for the first event that Get-JournalEvent -Wait finds with these arguments.
function Start-Following([string] $Arguments) {
    $shell = [powershell]::Create()
    $null = $shell.AddScript("Import-Module '$(Get-ModulePath)'; Get-JournalEvent -Wait -First 1 $Arguments")
    [pscustomobject]@{ Shell = $shell; Result = $shell.BeginInvoke() }
}

function Receive-Followed($Following) {
    try {
        if (-not $Following.Result.AsyncWaitHandle.WaitOne(30000)) { throw 'The event did not come.' }
        $Following.Shell.EndInvoke($Following.Result)
    }
    finally {
        $Following.Shell.Stop()
        $Following.Shell.Dispose()
    }
}

# Everything that a script says on any stream, with what hides in its objects: as text.
function Get-AllSaid([scriptblock] $Script, [object[]] $Arguments = @()) {
    $shell = [powershell]::Create()
    try {
        $null = $shell.AddScript("Import-Module '$(Get-ModulePath)'; `$VerbosePreference = `$DebugPreference = `$InformationPreference = `$WarningPreference = `$ProgressPreference = 'Continue'").Invoke()
        $shell.Commands.Clear()
        $null = $shell.AddScript("$Script")
        foreach ($argument in $Arguments) { $null = $shell.AddArgument($argument) }
        $output = [System.Collections.Generic.List[object]]::new()
        try { $shell.Invoke($null, $output) }
        catch { $output.Add($_.Exception.InnerException ?? $_.Exception) }
        $streams = $shell.Streams
        foreach ($item in @($output) + @($streams.Error) + @($streams.Verbose) + @($streams.Debug) + @($streams.Warning) + @($streams.Information) + @($streams.Progress)) {
            "$item"
            $item | Format-List * -Force | Out-String -Width 1000
            $record = $item -is [System.Management.Automation.ErrorRecord] ? $item : ($item -is [System.Management.Automation.RuntimeException] ? $item.ErrorRecord : $null)
            if (-not $record) { continue }
            "target: $($record.TargetObject)"
            $record.TargetObject | Format-List * -Force | Out-String -Width 1000
            for ($exception = $record.Exception; $exception; $exception = $exception.InnerException) {
                "$exception"
                $exception | Format-List * -Force | Out-String -Width 1000
            }
        }
    }
    finally { $shell.Dispose() }
}

Export-ModuleMember -Function *-*
