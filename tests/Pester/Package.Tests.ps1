# What somebody gets who installs the module: exactly the listed files, and with nothing else on the machine's module path it works.

BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $root = Get-RepositoryRoot
    $version = (Import-PowerShellDataFile (Join-Path $root Journal.psd1)).ModuleVersion
    $said = & (Join-Path $root module/package.ps1) -Destination $TestDrive
}
AfterAll { Clear-JournalSetting }

Describe 'The package' {
    It 'holds the files of the list and no other' {
        $listed = Get-Content (Join-Path $root module/package.files.txt) | Where-Object { $_ -and $_ -notmatch '^(#|- )' }
        Push-Location "$TestDrive/Journal/$version"
        $there = Get-ChildItem -Recurse -File | Resolve-Path -Relative | ForEach-Object { $_.Substring(2).Replace('\', '/') }
        Pop-Location
        $there | Sort-Object | Should -Be ($listed | Sort-Object)
    }

    It 'says for which systems it brings the engine along' {
        $said -match '^Native SQLite for .*linux-arm64.*linux-x64.*osx-arm64.*win-arm64.*win-x64' | Should -HaveCount 1
        $said -match 'none for' | Should -BeNullOrEmpty
    }

    It 'tells in its manifest what has changed' {
        (Import-PowerShellDataFile "$TestDrive/Journal/$version/Journal.psd1").PrivateData.PSData.ReleaseNotes | Should -Match '- The breaker counts the failures of all workers'
    }

    It 'is a .nupkg whose .nuspec names the version' {
        $archive = [System.IO.Compression.ZipFile]::OpenRead("$TestDrive/Journal.$version.nupkg")
        try {
            $reader = [System.IO.StreamReader]::new($archive.GetEntry('Journal.nuspec').Open())
            $metadata = ([xml]$reader.ReadToEnd()).package.metadata
            $metadata.id, $metadata.version | Should -Be 'Journal', $version
            $metadata.tags -split ' ' | Should -Contain 'PSCmdlet_Invoke-JournalBatch'
            $metadata.releaseNotes | Should -Match "(?s)^## \[.*\n## \[0\.1\.0\]"
        }
        finally { $archive.Dispose() }
    }

    It 'works by name where there is no other module' {
        $journal = Use-NewJournal
        $line = "`$env:PSModulePath = '$TestDrive'; `$env:JOURNAL_PATH = '$journal'; 1..3 | Invoke-JournalBatch packed { `$_ * 2 }; (Get-JournalBatch).Status; (Get-Help Get-JournalBatch).Synopsis; (Get-Module Journal).ModuleBase"
        $result = Invoke-PowerShell -NoProfile -NonInteractive -Command $line
        $result[0..3] | Should -Be 2, 4, 6, 'Completed'
        $result[4] | Should -Match 'batches'
        $result[5] | Should -Be (Convert-Path "$TestDrive/Journal/$version")
    }

    It 'is refused when something was built that the list does not know' {
        $extra = Join-Path $root module/bin/unlisted.dll
        Set-Content $extra x
        try { { & (Join-Path $root module/package.ps1) -Destination "$TestDrive/other" } | Should -Throw '*not listed: module/bin/unlisted.dll*' }
        finally { Remove-Item $extra }
    }
}

Describe 'The scripts of this clone' {
    It 'have no variable that is a parameter in other letters, and so would replace what was asked for' {
        $files = @(Get-Item (Join-Path $root build.ps1)) + @(Get-ChildItem (@('build', 'module', 'samples', 'benchmarks', 'tests').ForEach{ Join-Path $root $_ }) -Recurse -Include *.ps1, *.psm1 | Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]')
        $found = foreach ($file in $files) {
            $script = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$null, [ref]$null)
            foreach ($block in $script.FindAll({ $args[0] -is [System.Management.Automation.Language.ParamBlockAst] }, $true)) {
                $names = $block.Parameters.Name.VariablePath.UserPath
                foreach ($variable in $block.Parent.FindAll({ $args[0] -is [System.Management.Automation.Language.VariableExpressionAst] }, $true)) {
                    $name = $variable.VariablePath.UserPath
                    if ($name -in $names -and $name -cnotin $names) { "$($file.Name), line $($variable.Extent.StartLineNumber): `$$name" }
                }
            }
        }
        $files.Count | Should -BeGreaterThan 40
        $found | Should -BeNullOrEmpty
    }

    It 'start the PowerShell that the tool manifest names, in the debugger too' {
        $version = (Get-Content -Raw (Join-Path $root .config/dotnet-tools.json) | ConvertFrom-Json).tools.powershell.version
        Get-Content -Raw (Join-Path $root .vscode/launch.json) | Should -BeLike "*/artifacts/packages/powershell/$version/tools/net10.0/any/unix/pwsh.dll*"
    }
}
