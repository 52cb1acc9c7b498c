# The work of the demo: the line that a user would type, over a tree of real files. Running it again is always safe.
param(
    [Parameter(Mandatory)] [string] $JournalPath,
    [Parameter(Mandatory)] [string] $Tree,
    # Tells the demo which files were hashed, and how often; a real script has no need of it.
    [Parameter(Mandatory)] [string] $Log
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../Journal.psd1"

Get-ChildItem $Tree -Recurse -File | Invoke-JournalBatch hash-files -Key FullName -Weight Length -JournalPath $JournalPath {
    [IO.File]::AppendAllText($Log, "$_`n")
    $hash = Get-FileHash -LiteralPath $_
    $JournalTask.SetTarget($hash.Hash)
    Start-Sleep -Milliseconds 5
} | Out-Null
