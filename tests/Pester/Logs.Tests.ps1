# The log of an attempt: what its block and its programs wrote beside the output, kept with the attempt.

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force

    # Stream and text of each line; the time is checked and left out.
    function Get-LogLine($Attempt = (Get-JournalAttempt)) {
        foreach ($line in @($Attempt | Where-Object Log | ForEach-Object { $_.Log -split "`n" })) {
            $line | Should -Match '^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (WARNING|INFO|VERBOSE|STDERR) |\[\d+ bytes? before this dropped\]$)'
            $line -replace '^\S+Z '
        }
    }
}

AfterAll { Clear-JournalSetting }

Describe 'The log of an attempt, <_> at once' -ForEach 1, 4 {
    BeforeAll { $quiet = @{ ThrottleLimit = $_; WarningAction = 'SilentlyContinue'; InformationAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue' } }
    BeforeEach { $null = Use-NewJournal }

    It 'has warnings, information and what Write-Host says, in their order' {
        1 | Invoke-JournalBatch log @quiet { Write-Warning 'low on disk'; Write-Host 'half' -ForegroundColor Red 6>&1 | Out-Null; Write-Information 'quietly'; Write-Host 'hello'; $_ } 6>$null | Should -Be 1
        Get-LogLine | Should -Be 'WARNING low on disk', 'INFO quietly', 'INFO hello'
    }

    It 'has the time of each line' {
        $before = [datetime]::UtcNow.AddMilliseconds(-1)
        1 | Invoke-JournalBatch log @quiet { Write-Warning 'now' }
        $at = [datetime]::ParseExact((Get-JournalAttempt).Log.Substring(0, 24), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [cultureinfo]::InvariantCulture, 'AdjustToUniversal, AssumeUniversal')
        $at | Should -BeGreaterOrEqual $before
        $at | Should -BeLessOrEqual ([datetime]::UtcNow)
    }

    It 'has verbose lines where verbose is on, and no others' {
        1 | Invoke-JournalBatch log @quiet { Write-Verbose 'off'; Write-Verbose 'on' -Verbose } 4>$null
        Get-LogLine | Should -Be 'VERBOSE on'
    }

    It 'has verbose lines where the preference has them on' {
        $VerbosePreference = 'Continue'
        1 | Invoke-JournalBatch log @quiet { Write-Verbose 'on' } 4>$null
        $VerbosePreference = 'SilentlyContinue'
        Get-LogLine | Should -Be 'VERBOSE on'
    }

    It 'has what functions write' {
        1 | Invoke-JournalBatch log @quiet { function Get-It { Write-Warning 'deep'; 7 }; Get-It } | Should -Be 7
        Get-LogLine | Should -Be 'WARNING deep'
    }

    It 'has what cmdlets warn of' {
        1 | Invoke-JournalBatch log @quiet { $null = @{ a = @{ b = @{ c = 1 } } } | ConvertTo-Json -Depth 1 }
        Get-LogLine | Should -BeLike 'WARNING *truncated*'
    }

    It 'has what a block in a variable writes' {
        1 | Invoke-JournalBatch log @quiet { $say = { Write-Warning 'hidden' }; 1 | ForEach-Object $say }
        Get-LogLine | Should -Be 'WARNING hidden'
    }

    It 'has the error output of a program that fails' -Skip:$IsWindows {
        1 | Invoke-JournalBatch log @quiet -MaxRetries 0 { & sh -c 'echo oops >&2; echo "no file" >&2; exit 3' } 2>$null
        Get-LogLine | Should -Be 'STDERR oops', 'STDERR no file'
        (Get-JournalAttempt).ErrorMessage | Should -BeLike '*exit code: 3*oops*'
    }

    It 'has the error output of a program that goes well' -Skip:$IsWindows {
        1 | Invoke-JournalBatch log @quiet { & sh -c 'echo odd >&2; echo out' } 2>$null | Should -Be out
        Get-LogLine | Should -Be 'STDERR odd'
    }

    It 'keeps the lines of a text of several' {
        1 | Invoke-JournalBatch log @quiet { Write-Warning "one`ntwo`n" }
        Get-LogLine | Should -Be 'WARNING one', 'WARNING two'
    }

    It 'is each attempt''s own' {
        1, 2 | Invoke-JournalBatch log @quiet -MaxRetries 2 -RetryDelay 0 { Write-Warning "try $($JournalTask.Attempt) of $_"; if ($JournalTask.Attempt -lt 3) { throw 'odd' } }
        foreach ($key in 1, 2) {
            $attempts = @(Get-JournalTask -Key $key | Get-JournalAttempt)
            Get-LogLine $attempts | Should -Be "WARNING try 1 of $key", "WARNING try 2 of $key", "WARNING try 3 of $key"
            $attempts | ForEach-Object { @(Get-LogLine $_).Count | Should -Be 1 }
        }
    }

    It 'is kept where the attempt runs too long' {
        1 | Invoke-JournalBatch log @quiet -MaxRetries 0 -Timeout 1 { Write-Warning 'waiting'; Start-Sleep 60 }
        (Get-JournalTask).ErrorCategory | Should -Be Timeout
        Get-LogLine | Should -Be 'WARNING waiting'
    }

    It 'is null where nothing was written' {
        1 | Invoke-JournalBatch log @quiet { Get-Date; Write-Output 2 } | Out-Null
        (Get-JournalAttempt).Log | Should -BeNullOrEmpty
    }

    It 'has none with -LogSize 0, which the batch remembers' {
        1 | Invoke-JournalBatch log @quiet -LogSize 0 -MaxRetries 0 { Write-Warning 'low'; throw 'odd' }
        1 | Invoke-JournalBatch log @quiet { Write-Warning 'low again' }
        @(Get-JournalAttempt).Count | Should -Be 2
        @(Get-JournalAttempt | Where-Object Log).Count | Should -Be 0
        (Get-JournalBatch).Options.LogSize | Should -Be 0
    }

    It 'keeps the last lines that -LogSize has room for, and says what it dropped' {
        1 | Invoke-JournalBatch log @quiet -LogSize 200 { foreach ($n in 1..50) { Write-Warning "line $n" } }
        $lines = @(Get-LogLine)
        # A line of one digit has 40 bytes, one of two digits 41.
        $lines | Should -Be '[1877 bytes before this dropped]', 'WARNING line 47', 'WARNING line 48', 'WARNING line 49', 'WARNING line 50'
    }

    It 'shows no secret of an object, but its type' {
        $secret = [pscredential]::new('ann', (ConvertTo-SecureString 'hunter2' -AsPlainText -Force))
        1 | Invoke-JournalBatch log @quiet { Write-Information $using:secret; Write-Host ($using:secret).Password 6>&1 | Out-Null; Write-Information ($using:secret).Password }
        Get-LogLine | Should -Be 'INFO System.Management.Automation.PSCredential', 'INFO System.Security.SecureString'
    }

    It 'has the type of an object that has no text' {
        # PowerShell itself cannot write such a record, and says so.
        try { 1 | Invoke-JournalBatch log @quiet -MaxRetries 0 { Write-Information ([pscustomobject]@{ A = 1 } | Add-Member ScriptMethod ToString { throw 'no text' } -Force -PassThru) } } catch { $_ | Should -BeLike '*no text*' }
        Get-LogLine | Should -Be 'INFO System.Management.Automation.PSObject'
    }
}

Describe 'What is said still comes out where it came out before' {
    BeforeEach { $null = Use-NewJournal }

    It 'to the caller''s streams, -LogSize <_>' -ForEach 0, 16384 {
        $out = 1 | Invoke-JournalBatch said -LogSize $_ { Write-Warning 'w'; Write-Information 'i'; Write-Host 'h'; Write-Verbose 'v' -Verbose; 'o' } 3>&1 4>&1 6>&1
        @($out | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }).Message | Should -Be w
        @($out | Where-Object { $_ -is [System.Management.Automation.InformationRecord] -and "$_" -notlike '* said-*' } | ForEach-Object { "$_" }) | Should -Be i, h
        @($out | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }).Message | Should -Be v
        @($out | Where-Object { $_ -is [string] }) | Should -Be o
    }

    It 'and an error of the block is the same error' {
        $errors = Get-ErrorOf { 1 | Invoke-JournalBatch said -MaxRetries 0 { Write-Warning 'w'; throw [System.IO.FileNotFoundException]::new('gone') } 3>$null }
        $errors.Message | Should -BeLike '*gone*'
        (Get-JournalAttempt).ErrorCategory | Should -Be NotFound
        (Get-JournalAttempt).ScriptStackTrace | Should -BeLike '*Logs.Tests.ps1*'
    }
}

Describe 'A log is shown and taken along' {
    BeforeAll {
        $journal = Use-NewJournal
        1, 2 | Invoke-JournalBatch shown -MaxRetries 0 -WarningAction SilentlyContinue -ErrorAction SilentlyContinue {
            if ($_ -eq 1) { Write-Warning "<b>bold</b> $([char]27)[31mred"; throw 'odd' }
        }
        $log = (Get-JournalTask -Key 1 | Get-JournalAttempt).Log
    }

    It 'by Format-List, without anything that commands the terminal' {
        $view = (Get-JournalTask -Key 1 | Get-JournalAttempt | Format-List | Get-ViewOf -Width 200) -join "`n"
        $view | Should -Match "Log +: \d{4}-.*Z WARNING <b>bold</b> $([char]0x241B)\[31mred"
    }

    It 'as it was, to whoever reads the property' { $log | Should -BeLike "* WARNING <b>bold</b> $([char]27)``[31mred" }

    It 'in the page of a report, as text' {
        $page = Export-JournalReport shown -Format Html
        $page | Should -BeLike '*<summary>Log of 1</summary>*WARNING &lt;b&gt;bold&lt;/b&gt; *red*'
        $page | Should -Not -BeLike "*$([char]27)*"
        $page | Should -Not -BeLike '*Log of 2*'
    }

    It 'in an export that is imported again: <_>' -ForEach 'json', 'jsonl', 'yaml' {
        $env:JOURNAL_PATH = $journal
        $file = Join-Path (Get-PSDrive TestDrive).Root "shown.$_"
        $null = Get-JournalBatch shown | Export-Journal -Path $file
        $null = Use-NewJournal
        $null = Import-Journal $file
        (Get-JournalTask -Key 1 | Get-JournalAttempt).Log | Should -BeExactly $log
        (Get-JournalTask -Key 2 | Get-JournalAttempt).Log | Should -BeNullOrEmpty
        $env:JOURNAL_PATH = $journal
    }

    It 'in a copy of the journal' {
        $copy = Join-Path (Get-PSDrive TestDrive).Root copy.db
        $null = Copy-Journal -JournalPath $journal -Destination $copy
        (Get-JournalAttempt -JournalPath $copy | Where-Object Log).Log | Should -BeExactly $log
    }
}

Describe '-LogSize' {
    BeforeEach { $null = Use-NewJournal }

    It 'of <_> is refused' -ForEach -1, (16MB + 1), 'much' {
        (Get-ErrorOf { 1 | Invoke-JournalBatch size -LogSize $_ { 1 } }).Id | Should -Match '^(ParameterArgumentValidationError|CannotConvertArgument)'
        @(Get-JournalBatch).Count | Should -Be 0
    }

    It 'is what Start-JournalBatch was told' {
        $null = 1 | Start-JournalBatch size -LogSize 100
        (Get-JournalBatch).Options.LogSize | Should -Be 100
    }
}
