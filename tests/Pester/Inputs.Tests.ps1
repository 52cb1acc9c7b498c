BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Keys of inputs' {
    BeforeEach { $null = Use-NewJournal }

    It 'takes <What> as its own key' -ForEach @(
        @{ What = 'a text'; In = 'abc'; Key = 'abc' }
        @{ What = 'a number'; In = 42; Key = '42' }
        @{ What = 'a fraction, whatever the culture'; In = 1.5; Key = '1.5' }
        @{ What = 'an address'; In = [uri] 'https://example.org/a?b=c'; Key = 'https://example.org/a?b=c' }
        @{ What = 'a GUID'; In = [guid] '5b0f6a5e-6f0e-4a55-9c1e-2f1b6b0f7a31'; Key = '5b0f6a5e-6f0e-4a55-9c1e-2f1b6b0f7a31' }
        @{ What = 'an enum'; In = [DayOfWeek]::Friday; Key = 'Friday' }
        @{ What = 'a text with quotes, newlines and emoji'; In = "a'b`"c`n📷"; Key = "a'b`"c`n📷" }
    ) {
        (Get-JournalTask ($In | Start-JournalBatch keys)).Key | Should -BeExactly $Key
    }

    It 'takes a file by its full path' {
        $file = New-Item TestDrive:/photo.jpg -Force
        (Get-JournalTask ($file | Start-JournalBatch files)).Key | Should -Be $file.FullName
    }

    It 'takes the property that -Key names, of objects and of hashtables' {
        $tasks = Get-JournalTask ([pscustomobject]@{ Url = 'u1' }, @{ Url = 'u2' } | Start-JournalBatch urls -Key Url)
        $tasks.Key | Should -Be 'u1', 'u2'
    }

    It 'runs the script block that -Key gives, with the input as $_ and the functions of the session' {
        function Get-Tail($text) { $text.Substring(1) }
        $batch = 'xa', 'xb' | Start-JournalBatch tails -Key { Get-Tail $_ }
        (Get-JournalTask $batch).Key | Should -Be 'a', 'b'
        $batch.KeyExpression | Should -Be 'Get-Tail $_'
    }

    It 'says which input has no key, and goes on with the others' {
        $found = Get-ErrorOf { [pscustomobject]@{ Id = 1 }, [pscustomobject]@{ Other = 2 }, $null, [pscustomobject]@{ Id = 3 } | Start-JournalBatch some -Key Id }
        $found.Id | Should -Be 'KeyMissing', 'KeyMissing'
        $found.Category | Should -Be 'InvalidArgument', 'InvalidArgument'
        $found[0].Target.Other | Should -Be 2
        $found.Terminating | Should -Not -Contain $true
        (Get-JournalBatch).Total | Should -Be 2
    }

    It 'tells once that inputs of a type need -Key, and how many more there are' {
        foreach ($line in { $input | Start-JournalBatch some }, { $input | Add-JournalTask some }, { $input | Invoke-JournalBatch other { } }) {
            $inputs = @(1..40 | ForEach-Object { [pscustomobject]@{ Name = $_ } }) + 'fine'
            $found = @(Get-ErrorOf { $inputs | & $line })
            $found.Id | Should -Be KeyMissing, KeyMissing
            $found[1].Message | Should -BeLike '39 more inputs are left out for the same reason.*(-Key Id)*it has Name.'
            $found[1].Target | Should -Be 39
        }
        (Get-JournalTask -Key fine).Count | Should -Be 2
    }

    It 'tells once what is wrong with all inputs in the same words: <Case>' -ForEach @(
        @{ Case = 'a key that none has'; Line = { 1..40 | Invoke-JournalBatch many -Key Nope { } } }
        @{ Case = 'a priority that cannot be read'; Line = { 1..40 | Add-JournalTask some -Priority { throw 'no' } } }
    ) {
        $null = Start-JournalBatch some
        @(Get-ErrorOf $Line -WarningAction Ignore).Count | Should -Be 2
    }

    It 'tells, for an object without -Key, its type and how to name a key' {
        $found = Get-ErrorOf { Get-Process -Id $PID | Start-JournalBatch processes }
        $found.Id | Should -Be 'KeyMissing'
        $found.Message | Should -BeLike '*type Process*-Key Id*'
    }

    It 'refuses a key that is <What>' -ForEach @(
        @{ What = 'empty'; In = ''; Id = 'KeyMissing' }
        @{ What = 'longer than 8,192 characters'; In = 'x' * 10000; Id = 'InvalidKey' }
        @{ What = 'with a NUL'; In = "a`0b"; Id = 'InvalidKey' }
    ) {
        (Get-ErrorOf { $In | Start-JournalBatch bad }).Id | Should -Be $Id
        Get-JournalBatch | Should -BeNullOrEmpty
    }

    It 'reports a script block that <What>' -ForEach @(
        @{ What = 'throws'; Script = { throw 'no' } }
        @{ What = 'gives nothing'; Script = { } }
        @{ What = 'gives two values'; Script = { 1; 2 } }
        @{ What = 'gives an object'; Script = { Get-Process -Id $PID } }
    ) {
        (Get-ErrorOf { 'a' | Start-JournalBatch bad -Key $Script }).Id | Should -Be 'KeyMissing'
    }
}

Describe 'Inputs as they are kept' {
    BeforeEach { $null = Use-NewJournal }

    It 'keeps text as text' {
        $task = Get-JournalTask ('abc' | Start-JournalBatch kept)
        $task.StoredInput.Kind | Should -Be 'Text'
        $task.Input | Should -BeExactly 'abc'
    }

    It 'keeps a <Kind> as its full path' -ForEach @(@{ Kind = 'File' }, @{ Kind = 'Directory' }) {
        $item = New-Item "TestDrive:/kept-$Kind" -ItemType $Kind -Force
        $task = Get-JournalTask ($item | Start-JournalBatch kept)
        $task.StoredInput.Kind | Should -Be $Kind
        $task.Input.FullName | Should -Be $item.FullName
    }

    It 'keeps the properties of an object, nested ones too, added ones too' {
        $object = [pscustomobject]@{ Url = 'u'; Size = 3; Ok = $true; Tags = 'a', 'b'; Inner = @{ Deep = [pscustomobject]@{ X = 1.5 } } }
        $object | Add-Member Extra 'e'
        $value = (Get-JournalTask ($object | Start-JournalBatch kept -Key Url)).Input
        $value.Size | Should -Be 3
        $value.Ok | Should -BeTrue
        $value.Tags | Should -Be 'a', 'b'
        $value.Inner.Deep.X | Should -Be 1.5
        $value.Extra | Should -Be 'e'
    }

    It 'keeps an object whose properties lead anywhere, or fail, to a depth' {
        $value = (Get-JournalTask (Get-Process -Id $PID | Start-JournalBatch kept -Key Id)).Input
        $value.Id | Should -Be $PID
        $value.ProcessName | Should -Not -BeNullOrEmpty
    }

    It 'refuses a secret anywhere in an input, and takes the other inputs' {
        $secret = [pscredential]::new('me', [securestring]::new())
        $found = Get-ErrorOf { [pscustomobject]@{ Id = 1; Inner = @{ Login = $secret } }, [pscustomobject]@{ Id = 2 } | Start-JournalBatch secrets -Key Id }
        $found.Id | Should -Be 'SecretRefused'
        $found.Message | Should -BeLike '*Login*PSCredential*'
        (Get-JournalTask).Key | Should -Be '2'
    }
}

Describe 'Weight and priority of inputs' {
    BeforeEach { $null = Use-NewJournal }

    It 'reads -Weight from <What>' -ForEach @(
        @{ What = 'a property'; Weight = 'Size'; Is = 7 }, @{ What = 'a script block'; Weight = { $_.Size * 2 }; Is = 14 }, @{ What = 'a number'; Weight = 2.5; Is = 2.5 }
    ) {
        (Get-JournalTask ([pscustomobject]@{ Id = 1; Size = 7 } | Start-JournalBatch heavy -Key Id -Weight $Weight)).Weight | Should -Be $Is
    }

    It 'gives a weight of 1 to an input that has none' {
        (Get-JournalTask ([pscustomobject]@{ Id = 1 } | Start-JournalBatch light -Key Id -Weight Size)).Weight | Should -Be 1
    }

    It 'hands out the higher priority first' {
        $batch = [pscustomobject]@{ Id = 'low'; P = 1 }, [pscustomobject]@{ Id = 'high'; P = 9 } | Start-JournalBatch ordered -Key Id -Priority P
        (Request-JournalTask $batch -Count 2).Key | Should -Be 'high', 'low'
    }

    It 'refuses <What>' -ForEach @(
        @{ What = 'a negative weight'; Given = @{ Weight = -1 } }, @{ What = 'half a priority'; Given = @{ Priority = 0.5 } }, @{ What = 'a key that is a number'; Given = @{ Key = 5 } }
    ) {
        $found = Get-ErrorOf { 'a' | Start-JournalBatch bad @Given }
        $found.Id | Should -Be 'InvalidValue'
        $found.Category | Should -Be 'InvalidArgument'
    }
}

Describe '-InputFile' {
    BeforeEach {
        $null = Use-NewJournal
        $file = Join-Path (Get-PSDrive TestDrive).Root "$([guid]::NewGuid()).txt"
    }

    It 'takes a line each, without blank ones and comments, from <What>' -ForEach @(
        @{ What = 'UTF-8'; Encoding = 'utf8NoBOM'; End = "`n" }
        @{ What = 'UTF-8 with a BOM and CRLF'; Encoding = 'utf8BOM'; End = "`r`n" }
        @{ What = 'UTF-16'; Encoding = 'unicode'; End = "`r`n" }
        @{ What = 'UTF-16 big-endian'; Encoding = 'bigendianunicode'; End = "`n" }
    ) {
        [IO.File]::WriteAllText($file, ('# head', 'öne', '', '   ', '  # indented', 'two words', 'three#3' -join $End), @{
                utf8NoBOM = [Text.UTF8Encoding]::new($false); utf8BOM = [Text.UTF8Encoding]::new($true); unicode = [Text.Encoding]::Unicode; bigendianunicode = [Text.Encoding]::BigEndianUnicode
            }[$Encoding])
        $batch = Start-JournalBatch lines -InputFile $file
        (Get-JournalTask $batch).Key | Should -BeExactly 'öne', 'two words', 'three#3'
        $batch.InputSource | Should -Be $file
    }

    It 'is an error when it is not there' {
        $found = Get-ErrorOf { Start-JournalBatch lines -InputFile $file }
        $found.Id | Should -Be 'InputFileNotFound'
        $found.Category | Should -Be 'ObjectNotFound'
        $found.Target | Should -Be $file
        $env:JOURNAL_PATH | Should -Not -Exist
    }

    It 'is an error when it holds no input' {
        Set-Content $file '# nothing', ''
        $found = Get-ErrorOf { Start-JournalBatch lines -InputFile $file }
        $found.Id | Should -Be 'InputFileEmpty'
        $found.Target | Should -Be $file
        $env:JOURNAL_PATH | Should -Not -Exist
    }

    It 'is an error when it cannot be read' {
        $null = New-Item $file -ItemType Directory
        $found = Get-ErrorOf { Start-JournalBatch lines -InputFile $file }
        $found.Id | Should -Be 'InputFileUnreadable'
        $found.Category | Should -Be 'PermissionDenied'
        $env:JOURNAL_PATH | Should -Not -Exist
    }

    It 'does not go together with the pipeline' {
        Set-Content $file 'a'
        (Get-ErrorOf { 'b' | Start-JournalBatch both -InputFile $file }).Id | Should -Be 'InvalidValue'
    }
}

Describe 'Add-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch grows
    }

    It 'adds what is new and tells what was there' {
        $added = 'b', 'c', 'd', 'd' | Add-JournalTask $batch -Metadata @{ late = $true } -SourceType Late
        $added.Added | Should -Be 2
        $added.AlreadyThere | Should -Be 1
        $added.Duplicates | Should -Be 1
        $added.Total | Should -Be 4
        ($added | Get-JournalBatch).Id | Should -Be $batch.Id
        $task = Get-JournalTask $batch -Key c
        $task.Metadata.late | Should -BeTrue
        $task.SourceType | Should -Be 'Late'
    }

    It 'opens an ended batch again' {
        Get-JournalTask $batch | Skip-JournalTask
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Completed'
        $null = 'c' | Add-JournalTask $batch.Id
        (Get-JournalBatch -Id $batch).IsIncomplete | Should -BeTrue
    }

    It 'adds to the newest batch of a name, makes it with the first input, and fills the same one when it is killed and run again' {
        Invoke-KilledProcess "'a', 'b' | Add-JournalTask scan | Out-Null"
        $added = 'a', 'b', 'c' | Add-JournalTask scan
        $added.Added, $added.AlreadyThere, $added.Total | Should -Be 1, 2, 3
        @(Get-JournalBatch scan).Count | Should -Be 1
        @() | Add-JournalTask empty | Out-Null
        Get-JournalBatch empt* | Should -BeNullOrEmpty
        (Get-ErrorOf { 'a' | Add-JournalTask 'a/b' }).Id | Should -Be (Get-ErrorOf { 'a' | Start-JournalBatch 'a/b' }).Id
    }

    It 'makes the journal where there is none, and nothing with -WhatIf' {
        $journal = Use-NewJournal
        'a' | Add-JournalTask scan -WhatIf
        $journal | Should -Not -Exist
        ('a' | Add-JournalTask scan).Added | Should -Be 1
    }

    It 'takes up what was canceled, for whoever adds it wants it done' {
        $null = Get-JournalTask $batch -Key a | Set-JournalTask -Status Canceled
        $added = 'a', 'b' | Add-JournalTask $batch
        $added.TakenUp, $added.Added | Should -Be 1, 0
        "$added" | Should -BeLike '*(1 of them canceled, and taken up again)*'
        (Get-JournalTask $batch -Key a).Status | Should -Be Pending
    }

    It 'with -WhatIf adds nothing' {
        'c' | Add-JournalTask $batch -WhatIf
        (Get-JournalBatch -Id $batch).Total | Should -Be 2
    }

    It 'does not take a property of an input for the journal or the batch' {
        $null = [pscustomobject]@{ DOI = '10.1/x'; Journal = 'Nature'; JournalPath = '/nowhere'; BatchId = 'other' } | Add-JournalTask $batch -Key DOI
        (Get-JournalTask $batch -Key '10.1/x').Input.Journal | Should -Be 'Nature'
    }

    It 'knows no batch <Id>' -ForEach @(@{ Id = 'grows-20200101-000000' }) {
        $found = Get-ErrorOf { 'c' | Add-JournalTask $Id }
        $found.Id | Should -Be 'BatchNotFound'
        $found.Target | Should -Be $Id
    }
}
