<#
.SYNOPSIS
Makes the package that a gallery takes: the module's folder, and the .nupkg of it, with exactly the files that package.files.txt lists.
.EXAMPLE
./build.sh package
.EXAMPLE
./build.sh package -Test
.EXAMPLE
./build.sh package -Test -Previous ~/Downloads/Journal.0.1.0.nupkg
#>
[CmdletBinding()]
param(
    # Where to; Journal/<version> and the .nupkg are made in it.
    [string] $Destination = "$PSScriptRoot/../artifacts/package",

    # Install the package from a repository as users do, run the Pester suite against what was installed, and update an older one over a journal in use.
    [switch] $Test,

    # The package of an earlier release to update from; by default this one is built again with a lower version.
    [string] $Previous,

    # Which test file of the suite, or folder of them; by default all.
    [string] $Path
)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$version = (Import-PowerShellDataFile "$root/Journal.psd1").ModuleVersion

# What the list names, and what it leaves out on purpose (-); anything else that was built must be put on one of the two sides.
$lines = Get-Content "$PSScriptRoot/package.files.txt" | Where-Object { $_ -and $_ -notlike '#*' }
$leftOut = @($lines -like '- *').ForEach{ $_.Substring(2) }
$wanted = @($lines -notlike '- *')
$built = @(
    'Journal.psd1', 'LICENSE', 'CHANGELOG.md'
    Push-Location $root
    Get-ChildItem en-US, module/*.ps1xml, module/bin -Recurse -File | Resolve-Path -Relative | ForEach-Object { $_.Substring(2).Replace('\', '/') }
    Pop-Location
) | Select-Object -Unique | Where-Object { $file = $_; -not $leftOut.Where{ $file -like $_ } }
$difference = @(Compare-Object $wanted $built)
if ($difference) {
    throw "The built files are not those of module/package.files.txt:`n" + ($difference.ForEach{ "  $($_.SideIndicator -eq '<=' ? 'missing' : 'not listed'): $($_.InputObject)" } -join "`n")
}

$folder = Join-Path $Destination "Journal/$version"
Remove-Item $folder, "$Destination/Journal.$version.nupkg" -Recurse -Force -ErrorAction Ignore
foreach ($file in $wanted) {
    $null = New-Item -ItemType Directory -Force (Split-Path "$folder/$file")
    Copy-Item -LiteralPath "$root/$file" "$folder/$file"
}
$folder = Convert-Path $folder
# A gallery shows the manifest's notes, and no other file.
$notes = (Get-Content -Raw "$root/CHANGELOG.md") -replace '(?s)^.*?(?=## \[)'
$text = (Get-Content -Raw "$folder/Journal.psd1") -replace "(?<=ReleaseNotes\s*=\s*)'[^']*'", { "@'`n$($notes.Trim())`n'@" }
Set-Content -LiteralPath "$folder/Journal.psd1" $text -NoNewline
$null = Test-ModuleManifest "$folder/Journal.psd1"

$nupkg = "$(Convert-Path $Destination)/Journal.$version.nupkg"
Remove-Item $nupkg -ErrorAction Ignore
Compress-PSResource -Path $folder -DestinationPath (Convert-Path $Destination)
# By these tags a gallery finds a module by the name of a cmdlet; Compress-PSResource does not write them.
$archive = [System.IO.Compression.ZipFile]::Open($nupkg, 'Update')
try {
    $stream = $archive.GetEntry('Journal.nuspec').Open()
    $nuspec = [xml][System.IO.StreamReader]::new($stream).ReadToEnd()
    $commands = (Import-PowerShellDataFile "$folder/Journal.psd1").CmdletsToExport.ForEach{ "PSCmdlet_$_", "PSCommand_$_" }
    $nuspec.package.metadata.tags += " PSIncludes_Cmdlet $commands"
    $stream.SetLength(0)
    $nuspec.Save($stream)
    $stream.Dispose()
}
finally { $archive.Dispose() }

$natives = $wanted.ForEach{ if ($_ -match 'runtimes/([^/]+)/native/') { $Matches[1] } } | Sort-Object -Unique
$expected = 'win-x64', 'win-arm64', 'linux-x64', 'linux-arm64', 'osx-x64', 'osx-arm64'
"Journal $version, $($wanted.Count) files: $folder"
"$nupkg, $('{0:n1}' -f ((Get-Item $nupkg).Length / 1MB)) MiB"
"Native SQLite for $($natives -join ', ')$(if ($absent = $expected | Where-Object { $_ -notin $natives }) { "; none for $($absent -join ', ')" })."

if ($Test) {
    & "$PSScriptRoot/install.ps1" -Package $nupkg -Previous $Previous -Path $Path
    exit $LASTEXITCODE
}
