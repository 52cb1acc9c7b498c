BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $commands = (Import-PowerShellDataFile (Join-Path $root 'Journal.psd1')).CmdletsToExport | Where-Object { $_ -notin 'Disconnect-Journal' }
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    # What must be given for a call to be one; the text under test takes the place of one of these or comes in addition.
    $needed = @{
        'Start-JournalBatch'        = @{ Name = 'other'; InputObject = 'x' }
        'Add-JournalTask'           = @{ BatchId = '<batch>'; InputObject = 'x' }
        'Invoke-JournalBatch'       = @{ Name = 'other'; ScriptBlock = { 1 }; InputObject = 'x' }
        'Set-JournalCheckpoint'     = @{ Name = 'c'; Value = 1 }
        'Get-JournalCheckpoint'     = @{ Name = 'c' }
        'Clear-JournalCheckpoint'   = @{ Name = 'c' }
        'Request-JournalTask'       = @{ BatchId = '<batch>' }
        'Measure-JournalTask'       = @{ GroupBy = 'Status' }
        'Measure-JournalBatch'      = @{ Id = '<batch>' }
        'Suspend-JournalBatch'      = @{ Id = '<batch>' }
        'Resume-JournalBatch'       = @{ Id = '<batch>' }
        'Stop-JournalBatch'         = @{ Id = '<batch>' }
        'Remove-JournalBatch'       = @{ Id = '<batch>' }
        'Set-JournalTask'           = @{ Id = 1L; Priority = 2 }
        'Update-JournalTask'        = @{ Id = 1L }
        'Complete-JournalTask'      = @{ Id = 1L }
        'Skip-JournalTask'          = @{ Id = 1L }
        'Write-JournalError'        = @{ Message = 'm' }
        'Backup-Journal'            = @{ Destination = 'copy.db' }
        'Restore-Journal'           = @{ Path = 'none.db' }
        'Export-Journal'            = @{ Path = 'out' }
        'Export-JournalReport'      = @{ Path = 'report.html' }
        'Import-Journal'            = @{ Path = 'none.json' }
    }
    $attacks = @(
        "'; DROP TABLE task; --"
        'x" OR 1=1 --'
        '*[!a-]%_`'
        '{"a":{"b":['
        '$(Set-Item env:JOURNAL_PWNED 1)'
        '; $env:JOURNAL_PWNED = 1 #'
        "`e]0;title`a`e[2J"
        'a/../../outside/b'
        "nul`0nul"
        ('x' * 9000)
    )
    function New-Sample {
        $path = Use-NewJournal
        $batch = 'a', 'b', 'c' | Start-JournalBatch sample
        [pscustomobject]@{ Path = $path; BatchId = $batch.Id }
    }
}
AfterAll { Clear-JournalSetting }

Describe '<_>' -ForEach $commands {
    It 'takes every hostile text as text' {
        $name = $_
        $command = Get-Command $name
        $texts = $command.Parameters.Values | Where-Object {
            $_.ParameterType -in [string], [string[]], [object] -and $_.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters -and $_.Name -ne 'JournalPath'
        }
        $sample = New-Sample
        # Not the test drive: what hostile names make is too much for its cleaning.
        $folder = [System.IO.Directory]::CreateTempSubdirectory('journal-hostile-').FullName
        $inner = (New-Item (Join-Path $folder inner) -ItemType Directory).FullName
        Push-Location -LiteralPath $inner
        try {
            foreach ($parameter in $texts) {
                foreach ($attack in $attacks) {
                    $arguments = @{}
                    if ($needed.ContainsKey($name)) { $needed[$name].GetEnumerator() | ForEach-Object { $arguments[$_.Key] = $_.Value -is [string] ? $_.Value.Replace('<batch>', $sample.BatchId) : $_.Value } }
                    $arguments[$parameter.Name] = $attack
                    if ($command.Parameters.ContainsKey('Confirm')) { $arguments['Confirm'] = $false }
                    $errors = Get-ErrorOf { $null = & $name @arguments 3>$null 6>$null }
                    foreach ($found in $errors) {
                        $found.Id | Should -Not -Match 'Exception$' -Because "-$($parameter.Name) '$($attack.Substring(0, [Math]::Min(30, $attack.Length)))': $($found.Message)"
                        # What a script says of its own accord is its own.
                        if ($name -ne 'Write-JournalError') { $found.Message | Should -Not -Match "`e" -Because "-$($parameter.Name)" }
                    }
                }
            }
            $env:JOURNAL_PWNED | Should -BeNullOrEmpty
            if ($name -ne 'Remove-JournalBatch') { (Get-JournalBatch -Id $sample.BatchId -JournalPath $sample.Path).Total | Should -BeGreaterOrEqual 3 }
            (Test-Journal $sample.Path).Problems | Should -BeNullOrEmpty
        }
        finally {
            Pop-Location
            [System.IO.Directory]::Delete($folder, $true)
        }
    }
}

Describe 'A journal that somebody else wrote' {
    It 'gives no orders to the terminal' {
        $null = Use-NewJournal
        $order = "`e]0;pwned`a`e[2J"
        $batch = "$order`key" | Start-JournalBatch sample -InformationAction Ignore
        $task = Request-JournalTask $batch.Id -Worker "worker$order"
        Set-JournalTask -Id $task.Id -Status Failed -ErrorMessage "message$order" -ErrorCategory Unknown | Out-Null
        $rendering = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            $shown = (Get-JournalTask), (Get-JournalAttempt), (Get-JournalEvent), (Get-JournalBatch), (Measure-JournalBatch $batch.Id) | ForEach-Object {
                $_ | Out-String -Width 300
                $_ | Format-List | Out-String -Width 300
            }
            # Columns of groups are the caller's choice and have no list of their own.
            $shown += Measure-JournalTask -GroupBy Signature, Worker | Format-Table | Out-String -Width 300
            "$shown" | Should -Not -Match "`e\]0;"
            "$shown" | Should -Not -Match "`e\[2J"
            "$shown" | Should -Match '␛\]0;pwned'
        }
        finally { $PSStyle.OutputRendering = $rendering }
    }

    It 'cannot have files deleted outside the work directory' {
        $null = Use-NewJournal
        $victim = Join-Path (Get-PSDrive TestDrive).Root victim.txt
        Set-Content $victim precious
        foreach ($folder in '/', $HOME) {
            $batch = 'a' | Start-JournalBatch sample -WorkDirectory $folder
            $null = Start-Process ([Environment]::ProcessPath) -Wait -ArgumentList '-NoProfile', '-Command', "Import-Module '$(Get-ModulePath)'; `$t = Request-JournalTask '$($batch.Id)'; Update-JournalTask -Id `$t.Id -TempFile '$victim' -ErrorAction Ignore"
            $null = Repair-JournalBatch $batch.Id
            Test-Path $victim | Should -BeTrue
        }
    }

    It 'does not have its key expression run' {
        $null = Use-NewJournal
        $batch = [pscustomobject]@{ Name = 'a' } | Start-JournalBatch sample -Key Name
        $null = Invoke-JournalBatch -BatchId $batch.Id { $_.Name }
        $env:JOURNAL_PWNED | Should -BeNullOrEmpty
    }
}

Describe 'Secrets' {
    It 'are refused wherever they would be kept' {
        $null = Use-NewJournal
        $secret = ConvertTo-SecureString 'hush' -AsPlainText -Force
        $credential = [pscredential]::new('me', $secret)
        $batch = 'a' | Start-JournalBatch sample
        foreach ($script in { [pscustomobject]@{ Name = 'a'; Login = $secret } | Start-JournalBatch s -Key Name }, { [pscustomobject]@{ Name = 'b'; Login = $credential } | Add-JournalTask -BatchId $batch.Id -Key Name }, { 'x' | Start-JournalBatch s -Setting @{ Login = $credential } },
            { 'x' | Start-JournalBatch s -Metadata @{ Deep = @{ Login = $secret } } }, { Set-JournalCheckpoint c $credential }) {
            (Get-ErrorOf $script).Id | Should -Contain 'SecretRefused' -Because "$script"
        }
    }
}

Describe 'A new journal' {
    It 'is for its owner alone, and so is its folder' -Skip:$IsWindows {
        $path = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) new folder journal.db
        $null = 'a' | Start-JournalBatch sample -JournalPath $path
        [System.IO.File]::GetUnixFileMode($path) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite')
        [System.IO.File]::GetUnixFileMode((Split-Path $path)) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
        [System.IO.File]::GetUnixFileMode((Backup-Journal "$path.copy" -JournalPath $path).FullName) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite')
    }
}
