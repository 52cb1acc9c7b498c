<#
.SYNOPSIS
Makes the package that a gallery takes: the module's folder, and the .nupkg of it, with exactly the files that package.files.txt lists.
.EXAMPLE
./build.sh package
.EXAMPLE
./build.sh package -Test
#>
[CmdletBinding()]
param(
    # Where to; Journal/<version> and the .nupkg are made in it.
    [string] $Destination = "$PSScriptRoot/../artifacts/package",

    # Run the Pester suite against the package.
    [switch] $Test
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
) | Where-Object { $path = $_; -not $leftOut.Where{ $path -like $_ } }
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

# The same as Compress-PSResource, which PowerShell 7.4 does not have: a zip with a .nuspec and the two files by which such packages are opened.
$manifest = Import-PowerShellDataFile "$folder/Journal.psd1"
$text = { [System.Security.SecurityElement]::Escape($args[0]) }
$nuspec = @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>Journal</id>
    <version>$version</version>
    <authors>$(& $text $manifest.Author)</authors>
    <owners>$(& $text $manifest.CompanyName)</owners>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <licenseUrl>$(& $text $manifest.PrivateData.PSData.LicenseUri)</licenseUrl>
    <description>$(& $text $manifest.Description)</description>
    <releaseNotes>$(& $text $manifest.PrivateData.PSData.ReleaseNotes)</releaseNotes>
    <copyright>$(& $text $manifest.Copyright)</copyright>
    <tags>PSModule PSIncludes_Cmdlet $(& $text (($manifest.PrivateData.PSData.Tags + $manifest.CmdletsToExport.ForEach{ "PSCmdlet_$_", "PSCommand_$_" }) -join ' '))</tags>
  </metadata>
</package>
"@
$relations = @'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/Journal.nuspec" Id="R1" />
</Relationships>
'@
$types = @"
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
$(@($wanted.ForEach{ [System.IO.Path]::GetExtension($_).TrimStart('.') }) + 'nuspec' | Where-Object { $_ } | Sort-Object -Unique | ForEach-Object { "  <Default Extension=""$_"" ContentType=""application/octet-stream"" />" } | Join-String -Separator "`n")
  <Override PartName="/LICENSE" ContentType="application/octet-stream" />
</Types>
"@
$nupkg = "$(Convert-Path $Destination)/Journal.$version.nupkg"
$archive = [System.IO.Compression.ZipFile]::Open($nupkg, 'Create')
try {
    $parts = [ordered]@{ 'Journal.nuspec' = $nuspec; '_rels/.rels' = $relations; '[Content_Types].xml' = $types }
    foreach ($part in $parts.GetEnumerator()) {
        $writer = [System.IO.StreamWriter]::new($archive.CreateEntry($part.Key).Open())
        $writer.Write($part.Value)
        $writer.Dispose()
    }
    foreach ($file in $wanted) {
        $null = [System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, "$folder/$file", $file)
    }
}
finally { $archive.Dispose() }

$natives = $wanted.ForEach{ if ($_ -match 'runtimes/([^/]+)/native/') { $Matches[1] } } | Sort-Object -Unique
$expected = 'win-x64', 'win-arm64', 'linux-x64', 'linux-arm64', 'osx-x64', 'osx-arm64'
"Journal $version, $($wanted.Count) files: $folder"
"$nupkg, $('{0:n1}' -f ((Get-Item $nupkg).Length / 1MB)) MiB"
"Native SQLite for $($natives -join ', ')$(if ($absent = $expected | Where-Object { $_ -notin $natives }) { "; none for $($absent -join ', ')" })."

if ($Test) {
    Import-Module "$root/build/Tools.psm1"
    Invoke-PowerShell -NoProfile -NonInteractive -File "$root/tests/Pester/Run.ps1" -Module "$folder/Journal.psd1"
    exit $LASTEXITCODE
}
