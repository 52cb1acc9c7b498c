# What the README and the guide tell is true: their PowerShell runs, their links lead somewhere, and nothing of a developer's machine is in them.

BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    Import-Module $PSScriptRoot/DocumentedHome.psm1 -Force
    $documents = Get-Item (Join-Path $root README.md), (Join-Path $root CONTRIBUTING.md), (Join-Path $root CHANGELOG.md), (Join-Path $root docs/*.md), (Join-Path $root docs/cmdlets/*.md) |
        ForEach-Object { @{ Document = [System.IO.Path]::GetRelativePath($root, $_.FullName).Replace('\', '/'); Path = $_.FullName } }
    # The pages of cmdlets are run one example at a time (Help.Tests.ps1).
    $guides = foreach ($document in $documents | Where-Object { $_.Document -notlike 'docs/cmdlets/*' }) {
        $blocks = @(Get-DocumentedCode $document.Path | ForEach-Object { @{ Heading = $_.Heading; Code = $_.Code } })
        if ($blocks) { @{ Document = $document.Document; Blocks = $blocks } }
    }
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    Import-Module $PSScriptRoot/DocumentedHome.psm1 -Force
}

Describe 'The commands of' {
    BeforeAll {
        New-DocumentedHome $TestDrive
        $here = Get-Location
    }

    Context '<Document>' -ForEach $guides {
        # One after the other, in one home: a block goes on where the one before it ended.
        BeforeAll { Enter-DocumentedHome }
        AfterAll {
            Set-Location $here
            Exit-DocumentedHome
        }

        It 'run: <Heading>' -ForEach $Blocks {
            $ConfirmPreference = 'None'
            $global:LASTEXITCODE = 0
            { . ([scriptblock]::Create($Code)) | Out-String -Width 100 } | Should -Not -Throw
            $LASTEXITCODE | Should -Be 0
        }
    }
}

Describe 'The nightly script of the page on scheduled tasks' {
    BeforeAll {
        New-DocumentedHome $TestDrive
        $here = Get-Location
        $page = @(Get-DocumentedCode (Join-Path (Get-RepositoryRoot) docs/scheduled-tasks.md))
        function Invoke-Nightly {
            Invoke-PowerShell -NoProfile -NonInteractive -File ./nightly.ps1 2>&1 | Out-Null
            $LASTEXITCODE
        }
        function Get-Block([string] $Part) { [scriptblock]::Create(@($page.Code -like "*$Part*")[0]) }
        function Invoke-Check {
            . (Get-Block 'check-nightly.ps1 @')
            "$(Invoke-PowerShell -NoProfile -NonInteractive -File ./check-nightly.ps1 2>$null) $LASTEXITCODE"
        }
    }
    BeforeEach {
        Enter-DocumentedHome
        . ([scriptblock]::Create($page[0].Code))
    }
    AfterEach {
        Set-Location $here
        Exit-DocumentedHome
    }

    It 'ends with 0 where all is done, and then its monitoring is silent' {
        Invoke-Nightly | Should -Be 0
        . (Get-Block '$last = Get-JournalCheckpoint') 3>&1 | Should -BeNullOrEmpty
        Invoke-Check | Should -BeLike 'OK - nightly: * 0'
    }

    It 'ends with 3 where its batch is paused before it begins' {
        Get-ChildItem ~/Photos -Recurse -File | Start-JournalBatch nightly -Key FullName | Suspend-JournalBatch -Reason 'The target is being moved' | Out-Null
        Invoke-Nightly | Should -Be 3
        Invoke-Check | Should -BeLike 'CRITICAL - nightly: It is paused at 0/*: The target is being moved | * 2'
    }

    It 'ends with 1, and is missed by the monitoring, where <What>' -ForEach @(
        @{ What = 'the journal is damaged'; Do = { Set-Content $env:JOURNAL_PATH ('no journal ' * 1000) }; Asks = $false; Check = 'UNKNOWN - nightly: * 3' }
        @{ What = 'the folder is gone'; Do = { Rename-Item $env:HOME/Photos Elsewhere }; Asks = $true; Check = 'CRITICAL - nightly: No batch of that name was ever started. | * 2' }
    ) {
        . $Do
        Invoke-Nightly | Should -Be 1
        if ($Asks) { . (Get-Block '$last = Get-JournalCheckpoint') 3>&1 | Should -BeLike '*has not come to its end*' }
        Invoke-Check | Should -BeLike $Check
    }
}

Describe 'The README' {
    It 'links to every guide' {
        $root = Get-RepositoryRoot
        $text = Get-Content -Raw -LiteralPath (Join-Path $root README.md)
        Get-ChildItem (Join-Path $root docs/*.md) | Where-Object { -not $text.Contains("](docs/$($_.Name))") } | Should -BeNullOrEmpty
    }
}

Describe 'The comments of the source' {
    It 'name only documents that there are' {
        $root = Get-RepositoryRoot
        $sources = Get-ChildItem (Join-Path $root src) -Recurse -Filter *.cs | Where-Object FullName -NotMatch '[\\/](obj|bin)[\\/]'
        $named = ($sources | Select-String '//.*?\b((?:docs/)?[\w-]+\.md)\b' -AllMatches).Matches.ForEach{ $_.Groups[1].Value } | Sort-Object -Unique
        $named | Should -Not -BeNullOrEmpty
        $named | Where-Object { -not (Test-Path (Join-Path $root $_)) } | Should -BeNullOrEmpty
        $sources | Select-String 'DESIGN\b' -CaseSensitive | Should -BeNullOrEmpty
    }
}

Describe '<Document>' -ForEach $documents {
    BeforeAll { $text = Get-Content -Raw -LiteralPath $Path }

    It 'links to what is there' {
        $targets = [regex]::Matches($text, '\]\((?!https?://|mailto:|#)([^)#\s]+)').ForEach{ $_.Groups[1].Value }
        $targets | Where-Object { -not (Test-Path (Join-Path (Split-Path $Path) $_)) } | Should -BeNullOrEmpty
    }

    It 'names only cmdlets and parameters that there are' {
        $commands = Get-Command -Module Journal
        $nouns = 'Journal(Batch|Task|Attempt|Event|Checkpoint|Report|Error)?|StaleJournalBatch'
        $named = [regex]::Matches($text, "\b[A-Z][a-z]+-($nouns)\b").Value | Sort-Object -Unique
        $named | Where-Object { $_ -and $_ -notin $commands.Name } | Should -BeNullOrEmpty
    }

    It 'names a file of the input by -LiteralPath, for a name may hold brackets' {
        $byPattern = foreach ($block in [regex]::Matches($text, '(?ms)^```powershell[^\n]*\n(.*?)^```').ForEach{ $_.Groups[1].Value }) {
            $syntax = [System.Management.Automation.Language.Parser]::ParseInput($block, [ref] $null, [ref] $null)
            $calls = $syntax.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
            $calls.Where{ $_.GetCommandName() -in 'Get-FileHash', 'Get-Item', 'Get-Content', 'Copy-Item', 'Move-Item', 'Remove-Item', 'Test-Path', 'Import-Csv' -and
                "$($_.CommandElements[1])" -match '\$_' -and "$($_.CommandElements[1])" -notmatch '"[^"/]*\$_[^"/]*"' }
        }
        $byPattern | Should -BeNullOrEmpty
    }

    It 'holds no path of the machine it was written on' {
        $text | Should -Not -Match '/(work|root|tmp/(bash|h|shot))\b'
    }
}
