<#
.SYNOPSIS
Writes below each example of docs/cmdlets what it writes: ./build.sh pwsh -NoProfile -File tests/Pester/Write-ExampleOutput.ps1
#>
param([string] $Command = '*')
$ErrorActionPreference = 'Stop'
foreach ($module in 'TestSupport', 'DocumentedHome', 'ExampleOutput') { Import-Module $PSScriptRoot/$module.psm1 -Force }
# A short name, so that paths are about as long as a user's.
$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) 'j')).FullName
$here = Get-Location
# Pester's, where it runs.
$null = New-PSDrive TestDrive FileSystem $folder -Scope Global
try {
    New-DocumentedHome $folder
    foreach ($file in Get-ChildItem (Join-Path (Get-RepositoryRoot) 'docs/cmdlets') -Filter "$Command.md") {
        $page = [IO.File]::ReadAllText($file.FullName)
        foreach ($example in Get-DocumentedCode $file.FullName | Where-Object Heading -Like 'Example*') {
            Enter-DocumentedHome
            try { $page = Set-ShownOutput $page $example.Heading (Get-ExampleOutput $example.Code $folder) }
            finally {
                Set-Location $here
                Exit-DocumentedHome
            }
        }
        [IO.File]::WriteAllText($file.FullName, $page)
    }
}
finally { Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore }
