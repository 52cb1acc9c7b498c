# What the suites share: the module, a journal for each test, and errors in a form that can be compared.

$root = Split-Path (Split-Path $PSScriptRoot)
# By default the module built in this clone; a package can be tested instead (Run.ps1 -Module).
$module = $env:JOURNAL_MODULE ? $env:JOURNAL_MODULE : (Join-Path $root 'Journal.psd1')
Import-Module $module -Force -Global
Import-Module (Join-Path $root build Tools.psm1) -Global

function Get-RepositoryRoot { $root }

# The manifest of the module under test.
function Get-ModulePath { $module }

# A path for a new journal, which is also what the cmdlets of the test use unless they are told otherwise.
function Use-NewJournal {
    Disconnect-Journal
    $env:JOURNAL_DURABILITY = 'Normal'
    $env:JOURNAL_PATH = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) "$([guid]::NewGuid().ToString('N')).db"
    $env:JOURNAL_PATH
}

function Clear-JournalSetting {
    Disconnect-Journal
    $env:JOURNAL_PATH = $env:JOURNAL_DURABILITY = $null
}

# All errors of a script block, whether they ended it or not. The tests run with ErrorActionPreference Stop, under which none would go on.
function Get-ErrorOf {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [scriptblock] $Script)

    $variables = $PSCmdlet.SessionState.PSVariable
    $before = $variables.GetValue('ErrorActionPreference')
    $records = try {
        $variables.Set('ErrorActionPreference', 'Continue')
        & $Script 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { [pscustomobject]@{ Record = $_; Terminating = $false } }
    }
    catch {
        [pscustomobject]@{ Record = $_; Terminating = $true }
    }
    finally {
        $variables.Set('ErrorActionPreference', $before)
    }
    foreach ($found in $records) {
        [pscustomobject]@{
            Id          = $found.Record.FullyQualifiedErrorId.Split(',')[0]
            Category    = "$($found.Record.CategoryInfo.Category)"
            Target      = $found.Record.TargetObject
            Message     = $found.Record.Exception.Message
            Terminating = $found.Terminating
        }
    }
}

# What a view shows, as lines without colours.
function Get-ViewOf([Parameter(ValueFromPipeline)] $InputObject, [int] $Width = 100) {
    begin { $all = [System.Collections.Generic.List[object]]::new() }
    process { $all.Add($InputObject) }
    end { ($all | Out-String -Width $Width) -replace "`e\[[0-9;]*m" -split '\r?\n' }
}

# A line of PowerShell in a process of its own; killed with SIGKILL (or its like) once it says 'ready', so that its claims are left behind.
function Invoke-KilledProcess([string] $Line) {
    $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$module'; $Line; 'ready'; [Console]::In.ReadLine()"
    $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        do { $said = $process.StandardOutput.ReadLine() } until ($null -eq $said -or $said -eq 'ready')
        if ($null -eq $said) { throw "The process ended before it was ready: $Line" }
    }
    finally {
        $process.Kill()
        $process.WaitForExit()
        $process.Dispose()
    }
}

# Processes that a test started, known by an argument that nothing else has.
function Get-Left([string] $Argument) {
    @(foreach ($folder in [IO.Directory]::EnumerateDirectories('/proc')) {
        try { if ([IO.File]::ReadAllText("$folder/cmdline").Split([char]0) -ccontains $Argument -and [IO.File]::ReadAllText("$folder/stat") -notmatch '\) [ZX] ') { [int](Split-Path $folder -Leaf) } }
        catch { }
    })
}
