# What a user finds with Get-Help: something on every cmdlet and every parameter, and examples that run.

BeforeDiscovery {
    Import-Module $PSScriptRoot/DocumentedHome.psm1 -Force
    $root = Split-Path (Split-Path $PSScriptRoot)
    $commands = (Import-PowerShellDataFile (Join-Path $root 'Journal.psd1')).CmdletsToExport
    $pages = foreach ($command in $commands) {
        $file = Join-Path $root "docs/cmdlets/$command.md"
        @{ Command = $command; Examples = @(if (Test-Path $file) { Get-DocumentedCode $file | Where-Object Heading -Like 'Example*' | ForEach-Object { @{ Title = $_.Heading; Code = $_.Code } } }) }
    }
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    Import-Module $PSScriptRoot/DocumentedHome.psm1 -Force
    Import-Module $PSScriptRoot/ExampleOutput.psm1 -Force
    $root = Get-RepositoryRoot
}

Describe 'The help of <Command>' -ForEach $pages {
    BeforeAll { $help = Get-Help $Command -Full }

    It 'says what it does, with two examples or more, and where to read on' {
        $help.Synopsis | Should -Not -Match "^\s*$Command \["
        ($help.Description.Text -join '').Length | Should -BeGreaterThan 40
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        $Examples.Count | Should -Be @($help.examples.example).Count
        $help.relatedLinks | Should -Not -BeNullOrEmpty
    }

    It 'says what every parameter does' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $described = @($help.parameters.parameter | Where-Object { ($_.Description.Text -join '').Length -gt 3 }).Name
        (Get-Command $Command).Parameters.Keys | Where-Object { $_ -notin $common -and $_ -notin $described } | Should -BeNullOrEmpty
        # A parameter that is gone has no place in the page either.
        $named = (Select-String -LiteralPath (Join-Path $root "docs/cmdlets/$Command.md") -Pattern '^### -(\w+)$').Matches.ForEach{ $_.Groups[1].Value }
        $named | Where-Object { $_ -notin (Get-Command $Command).Parameters.Keys } | Should -BeNullOrEmpty
    }

    It 'names outputs as the cmdlet does' {
        $said = @($help.returnValues.returnValue.type.name)
        foreach ($type in (Get-Command $Command).OutputType.Name | Where-Object { $_ -and $_ -ne 'System.Management.Automation.PSObject' }) { $said | Should -Contain $type }
    }

    It 'shows the syntax that PowerShell knows' {
        $shown = @($help.syntax.syntaxItem).Count
        $shown | Should -Be (Get-Command $Command).ParameterSets.Count
    }
}

Describe 'The help of Invoke-JournalBatch' {
    It 'says of each of its parameters what it is for' {
        $page = Get-Content -Raw (Join-Path (Get-RepositoryRoot) docs/cmdlets/Invoke-JournalBatch.md)
        $groups = [regex]::Match($page, '(?m)^The parameters, by what they are for\..*$').Value
        $named = [regex]::Matches($groups, '`-(\w+)`').ForEach{ $_.Groups[1].Value }
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        Compare-Object ((Get-Command Invoke-JournalBatch).Parameters.Keys | Where-Object { $_ -notin $common }) $named | Should -BeNullOrEmpty
    }
}

Describe 'The examples' {
    BeforeAll {
        New-DocumentedHome $TestDrive
        $here = Get-Location
    }
    BeforeEach { Enter-DocumentedHome }
    AfterEach {
        Set-Location $here
        Exit-DocumentedHome
    }

    Context 'of <Command>' -ForEach $pages {
        It '<Title>' -ForEach $Examples {
            # What stands below it is what it writes; Write-ExampleOutput.ps1 puts it there.
            $shown = Get-ShownOutput ([IO.File]::ReadAllText((Join-Path $root "docs/cmdlets/$Command.md"))) $Title
            $written = Get-ExampleOutput $Code $TestDrive
            # Windows shows files in another way.
            if (-not $IsWindows) { Get-OutputHead $written | Should -Be (Get-OutputHead $shown) }
        }
    }
}

Describe 'Topics' {
    It '<_> is found and leads on' -ForEach 'about_Journal', 'about_Journal_Running', 'about_Journal_Recovery', 'about_Journal_Analysis' {
        $topic = Get-Help $_ | Out-String
        $topic | Should -Match 'SHORT DESCRIPTION'
        $topic | Should -Match 'SEE ALSO'
        # Fits a terminal of 80 columns.
        $topic -split '\r?\n' | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
    }
}

Describe 'The output below an example' {
    It 'is replaced alone: <What>, and the page keeps the rest' -ForEach @(
        @{ What = 'where there was none'; Shown = '' }
        @{ What = 'where the block was empty'; Shown = "`n``````console`n```````n" }
        @{ What = 'where there was some'; Shown = "`n``````console`nold`nlines`n```````n" }
    ) {
        Import-Module $PSScriptRoot/ExampleOutput.psm1 -Force
        $before = "## EXAMPLES`n`n### Example 1`n`n``````powershell`nGet-It`n```````n"
        $after = "`n### Example 2`n`n``````powershell`nGet-More`n```````n`n``````console`nmore`n```````n`n## PARAMETERS`n`n``````yaml`nType: int`n```````n"
        $page = $before + $Shown + $after
        Set-ShownOutput $page 'Example 1' 'new' | Should -Be ($before + "`n``````console`nnew`n```````n" + $after)
        Set-ShownOutput $page 'Example 1' '' | Should -Be ($before + $after)
        Get-ShownOutput $page 'Example 2' | Should -Be more
    }
}
