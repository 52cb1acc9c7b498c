BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'The view of a batch' {
    BeforeEach {
        $journal = Use-NewJournal
        $batch = 1..100 | Start-JournalBatch photos
        Request-JournalTask $batch -Count 45 | Complete-JournalTask
    }

    It 'shows id, name, progress, status, failures and age under the journal''s path' {
        $lines = Get-JournalBatch | Get-ViewOf -Width 200
        $lines -match 'Journal: ' | Should -Be "   Journal: $journal"
        $lines | Should -Contain 'Id                            Name        Progress    Status    Failed Created'
        $lines -match "^$($batch.Id) +photos +45/100 +No worker +0 just now$" | Should -HaveCount 1
    }

    It 'shows, for a paused one, why, how long still, and the line that resumes it' {
        $null = Suspend-JournalBatch $batch 'Quota exhausted' -Until ([datetimeoffset]::Now.AddMinutes(252))
        $lines = Get-JournalBatch | Get-ViewOf
        $lines -match '^    Quota exhausted \(resets in 4h 1[12]m.*\)$' | Should -HaveCount 1
        $lines | Should -Contain "    Resume-JournalBatch '$($batch.Id)'  # then run the line again"
        (Invoke-Expression ($lines -match 'Resume-').Trim()).Status | Should -Be 'Running'
    }

    It 'keeps an id of <Length> characters whole, and the line within 80 columns' -ForEach @{ Length = 35 }, @{ Length = 41 }, @{ Length = 42 }, @{ Length = 76 } {
        $name = 'n' * ($Length - 16)
        $id = (1 | Start-JournalBatch $name).Id
        $lines = Get-JournalBatch $name | Get-ViewOf -Width 80
        $lines -match "^$id( |$)" | Should -HaveCount 1
        $lines | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        ($lines -match '\b0/1\b')[0].IndexOf('0/1') | Should -Be ($lines -match '^Id ')[0].IndexOf('Progress')
    }

    It 'says after a resume that a budget which is used up needs a higher limit' {
        1..3 | Invoke-JournalBatch budget -QuotaLimit 1 { $JournalTask.AddQuota(1) } -WarningAction Ignore
        $resumed = Resume-JournalBatch budget 6>&1
        $resumed[0] | Should -BeLike '*again with a higher -QuotaLimit*'
        $resumed[-1].StatusText | Should -Be 'Running (no worker)'
        (Get-JournalBatch budget | Get-ViewOf) -match 'run the same line with a higher -QuotaLimit' | Should -HaveCount 1
    }

    It 'keeps the resuming line whole for a name with quotes' {
        $odd = 'a' | Start-JournalBatch "it's" | Suspend-JournalBatch
        $line = (Get-JournalBatch -Id $odd | Get-ViewOf) -match 'Resume-'
        (Invoke-Expression $line[0].Trim()).Id | Should -Be $odd.Id
    }

    It 'says of a batch that a stopped run left to run the same line, and of one whose budget is used up to raise it' {
        1..20 | Invoke-JournalBatch stopped { $_ } -WarningAction SilentlyContinue | Select-Object -First 1 | Out-Null
        (Get-JournalBatch stopped | Get-ViewOf) -match "^    To go on, run the same line again: Invoke-JournalBatch 'stopped' \{ … \}$" | Should -HaveCount 1
        1..3 | Invoke-JournalBatch budget -QuotaLimit 1 { $JournalTask.AddQuota(1) } -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*higher -QuotaLimit*'
        "$warned" | Should -Not -BeLike '*same line again*'
        (Get-JournalBatch budget | Get-ViewOf) -match 'run the same line with a higher -QuotaLimit' | Should -HaveCount 1
    }

    It 'tells a batch that runs from one that nobody works on' {
        Invoke-KilledProcess "1..3 | Start-JournalBatch dead | Request-JournalTask | Out-Null"
        $dead = Get-JournalBatch dead
        $dead.Status, $dead.StatusText, $dead.HasWorker | Should -Be Running, 'Running (no worker)', $false
        $lines = $dead | Get-ViewOf
        $lines -match '^dead-.* No worker ' | Should -HaveCount 1
        $lines -match "^    Nobody works on it. To go on, run the same line again" | Should -HaveCount 1
        (Measure-JournalBatch $dead).StatusText | Should -Be 'Running (no worker)'
        ($dead | Export-JournalReport -Format Text) -join "`n" | Should -BeLike '*Running (no worker)*'
        $living = 1..3 | Start-JournalBatch living
        $null = Request-JournalTask $living
        (Get-JournalBatch living).StatusText | Should -Be Running
        (Get-JournalBatch living | Get-ViewOf) -match 'No worker' | Should -BeNullOrEmpty
    }

    It 'fits <Width> columns' -ForEach @(@{ Width = 80 }, @{ Width = 100 }) {
        $null = Suspend-JournalBatch $batch 'Quota exhausted' -Until ([datetimeoffset]::Now.AddMinutes(252))
        $lines = Get-JournalBatch | Get-ViewOf -Width $Width
        # A line that did not fit would go on in the next one.
        $lines -match "^$($batch.Id) .* just now$" | Should -HaveCount 1
        $lines -match "^    Resume-JournalBatch '$($batch.Id)'  # then run the line again$" | Should -HaveCount 1
    }

    It 'is a table, too, for Format-Table' {
        $lines = Get-JournalBatch | Format-Table | Get-ViewOf
        $lines -match '45/100' | Should -HaveCount 1
    }

    It 'is a list, too, with the counts in words' {
        $lines = Get-JournalBatch | Format-List | Get-ViewOf
        $lines -match '^Tasks +: 55 Pending, 45 Completed$' | Should -HaveCount 1
    }
}

# The build makes these lists from the types: nothing that an object has may be missing.
Describe 'The list of <_>, which nobody wrote,' -ForEach @(
    'Journal.JournalAttempt', 'Journal.JournalErrorSummary', 'Journal.JournalThroughput', 'Journal.Storage.JournalCheckpoint'
    'Journal.Commands.Results.JournalAddition', 'Journal.Commands.Results.JournalCopied', 'Journal.Commands.Results.JournalExported'
    'Journal.Commands.Results.JournalImport', 'Journal.Commands.Results.JournalRecovery'
) {
    It 'shows every property, in order' {
        $lists = @((Get-FormatData $_ -PowerShellVersion $PSVersionTable.PSVersion).FormatViewDefinition.Control.Where{ $_ -is [Management.Automation.ListControl] })
        $lists | Should -HaveCount 1
        $names = ($_ -as [type]).GetProperties().Name
        $names.Count | Should -BeGreaterThan 3
        $lists.Entries.Items.Label | Should -BeExactly $names
    }
}

Describe 'Colours' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 1..4 | Start-JournalBatch coloured
        Request-JournalTask $batch | Complete-JournalTask
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'Broken' -NoRetry
        $rendering = $PSStyle.OutputRendering
    }
    AfterEach { $PSStyle.OutputRendering = $rendering }

    It 'come from $PSStyle, in <What>' -ForEach @(
        @{ What = 'batches'; Show = { Get-JournalBatch } }
        @{ What = 'tasks'; Show = { Get-JournalTask } }
        @{ What = 'attempts'; Show = { Get-JournalAttempt } }
        @{ What = 'events'; Show = { Get-JournalEvent } }
        @{ What = 'groups'; Show = { Measure-JournalTask } }
        @{ What = 'a summary'; Show = { Measure-JournalBatch $batch } }
    ) {
        $PSStyle.OutputRendering = 'Ansi'
        $before = $PSStyle.Formatting.Error
        try {
            $PSStyle.Formatting.Error = "`e[38;5;201m"
            (& $Show | Out-String) | Should -Match '\e\[38;5;201m'
        }
        finally { $PSStyle.Formatting.Error = $before }
    }

    It 'are left out where output is plain' {
        $PSStyle.OutputRendering = 'PlainText'
        (Get-JournalBatch | Out-String) + (Measure-JournalBatch $batch | Out-String) + (Get-JournalTask | Out-String) | Should -Not -Match '\e'
    }

    It 'are left out under NO_COLOR' {
        $env:NO_COLOR = '1'
        try {
            $line = "Import-Module '$(Get-ModulePath)'; Get-JournalBatch | Out-Host; Get-JournalBatch | Measure-JournalBatch | Out-Host"
            Invoke-PowerShell -NoProfile -NonInteractive -Command $line | Out-String | Should -Not -Match '\e'
        }
        finally { $env:NO_COLOR = $null }
    }
}

Describe 'Objects of several types in one pipeline' {
    It 'are shown by what matters: PowerShell asks no view for those after the first' {
        $null = Use-NewJournal
        $null = 'a' | Start-JournalBatch mixed
        $shown = & { Get-JournalBatch; Get-JournalTask } | Out-String -Width 100
        $shown | Should -Match '(?m)^Key\s+: a$'
        $shown | Should -Not -Match 'LeaseUntil'
    }
}

Describe 'A text that would act on the terminal' {
    It 'is shown, not obeyed' {
        $null = Use-NewJournal
        $batch = "key`e[2J`a" | Start-JournalBatch odd
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage "red `e[31m`e]0;title`a" -NoRetry
        $shown = foreach ($view in 'Format-Table', 'Format-List') {
            foreach ($get in { Get-JournalTask }, { Get-JournalAttempt }, { Get-JournalEvent }, { Measure-JournalTask -GroupBy Signature }, { Measure-JournalBatch $batch }) { & $get | & $view | Out-String -Width 200 }
        }
        $PSStyle.OutputRendering = 'Ansi'
        "$shown" -replace '\e\[[\d;]*m' | Should -Not -Match '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]'
        "$shown" | Should -Match '␛\[2J'
    }
}

# A column of errors beside the others needs more room than 80 columns have.
Describe 'The view of <What>' -ForEach @(
    @{ What = 'tasks'; Show = { Get-JournalTask }; Heads = 'Id', 'Key', 'Status', 'Stage', 'Tries', 'Duration'; Row = '….*photo\.jpg +Failed +Read +1 ' }
    @{ What = 'tasks as a table'; Widths = 100; Show = { Get-JournalTask | Format-Table }; Heads = 'Id', 'Key', 'Status', 'Stage', 'Tries', 'Duration', 'Error'; Row = '….*photo\.jpg +Failed +Read +1 .*No such photo' }
    @{ What = 'attempts'; Show = { Get-JournalAttempt }; Heads = 'Task', 'Key', 'Outcome', 'Stage', 'No', 'Duration'; Row = 'photo\.jpg +Failed +Read +1 ' }
    @{ What = 'attempts as a table'; Widths = 100; Show = { Get-JournalAttempt | Format-Table }; Heads = 'Task', 'Key', 'No', 'Stage', 'Outcome', 'Duration', 'Category', 'Error'; Row = 'Failed .*NotFound +No such photo' }
    @{ What = 'events'; Show = { Get-JournalEvent }; Heads = 'At', 'Task', 'Kind', 'To', 'Reason'; Row = 'Failed +Failed' }
    @{ What = 'groups'; Show = { Measure-JournalTask -GroupBy Status, ErrorCategory }; Heads = 'Count', 'Good', 'Failed', 'Mean', 'P95', 'Last', 'Group'; Row = '^ +1 +0 +1 .* Failed, NotFound$' }
    @{ What = 'a checkpoint'; Show = { Get-JournalCheckpoint }; Heads = 'Name', 'Set', 'BatchId', 'Value'; Row = '^scan +just now .*\{"at":5\}' }
    @{ What = 'an addition'; Show = { 'x' | Add-JournalTask (Get-JournalBatch) }; Heads = 'BatchId', 'Added', 'AlreadyThere', 'Duplicates', 'LeftOut', 'Total'; Row = '^photos-\S+ +1 +0 +0 +0 +2' }
) {
    BeforeEach {
        $null = Use-NewJournal
        $batch = "/a/very/long/path/$('x' * 60)/photo.jpg" | Start-JournalBatch photos -Stage Read
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'No such photo' -ErrorCategory NotFound
        Set-JournalCheckpoint scan @{ at = 5 }
    }

    It 'has its columns, in <_> of the terminal''s' -ForEach ($Widths ?? (80, 100)) {
        $width = $_
        $lines = & $Show | Get-ViewOf -Width $width
        $head = $lines | Where-Object { $_.Trim() } | Select-Object -First 1
        ($head.Trim() -split '\s+') | Should -Be $Heads
        $lines | Where-Object { $_.Length -gt $width } | Should -BeNullOrEmpty
        @($lines -match $Row) | Should -HaveCount 1
    }
}

Describe 'In 80 columns' {
    BeforeEach {
        $null = Use-NewJournal
        $message = "The file is locked by another process: '/home/ann/Photos/2023/Summer/IMG_0001.jpg'"
        'x' | Invoke-JournalBatch locked -MaxRetries 0 -ErrorAction Ignore { throw $message }
        Get-JournalTask | Write-JournalEvent published 'It is on the site, and whoever has the address can look at it'
    }

    It '<What> say the whole text' -ForEach @(
        @{ What = 'events'; Show = { Get-JournalEvent -Kind Noted }; Text = 'It is on the site, and whoever has the address can look at it' }
        @{ What = 'groups'; Show = { Measure-JournalTask -GroupBy Signature }; Text = "The file is locked by another process: '/home/ann/Photos/2023/Summer/IMG_0001.jpg'" }
    ) {
        $lines = & $Show | Get-ViewOf -Width 80
        $lines | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        # Of each line what stands in the last column.
        $at = @($lines -match 'Reason|Group')[0] -replace '(Reason|Group).*' | ForEach-Object Length
        $said = -join ($lines | Where-Object { $_.Length -gt $at } | ForEach-Object { $_.Substring($at) })
        $said -replace '\s' | Should -BeLike "*$($Text -replace '\s')*"
    }

    It 'an error breaks between words' {
        $lines = Get-JournalTask | Get-ViewOf -Width 80
        $lines -match "^        Unknown: The file is locked by another process:$" | Should -HaveCount 1
    }

    It 'an attempt that died with its worker has its reason alone' {
        Invoke-KilledProcess "1 | Start-JournalBatch dead | Request-JournalTask | Out-Null"
        $null = Repair-JournalBatch
        Get-JournalAttempt -Outcome Abandoned | Get-ViewOf -Width 80 | Where-Object { $_ -match '^        worker \S+ died$' } | Should -HaveCount 1
    }

    It 'days are days' {
        Measure-JournalTask -GroupBy Day | Get-ViewOf -Width 80 | Where-Object { $_ -match ' \d{4}-\d\d-\d\d$' } | Should -HaveCount 1
    }
}

Describe 'A group of errors of one kind' {
    It 'is shown with the message of one of them, not with placeholders' {
        $null = Use-NewJournal
        1..3 | Invoke-JournalBatch alike -MaxRetries 0 -ErrorAction Ignore { throw "Row $_ of '/data/$_.csv' is empty" }
        $group = Measure-JournalTask -GroupBy Signature
        $group.Count, $group.ErrorMessage | Should -Be 3, "Row 1 of '/data/1.csv' is empty"
        (Get-JournalTask -Signature $group.Signature).Count | Should -Be 3
        ($group | Get-ViewOf) -join "`n" | Should -Not -Match '<'
        ($group | Get-ViewOf) -join "`n" | Should -BeLike "*Row 1 of '/data/1.csv' is empty*"
        $shown = ((Measure-JournalBatch alike).ErrorsBySignature | Get-ViewOf) -join "`n"
        $shown | Should -BeLike "*3 Unknown*Row 1 of '/data/1.csv' is empty*"
        $shown | Should -Not -Match '<'
    }
}

Describe 'An error in 80 columns' {
    It 'stands whole below its <_>' -ForEach 'Get-JournalTask', 'Get-JournalAttempt' {
        $null = Use-NewJournal
        $message = "The file is locked by another process: '/home/ann/Photos/2023/Summer/IMG_0001.jpg'"
        "/home/ann/Photos/2023/Summer/IMG_0001.jpg" | Invoke-JournalBatch locked -MaxRetries 0 -ErrorAction Ignore { throw $message }
        $lines = & $_ | Get-ViewOf -Width 80
        $lines | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        # The terminal breaks a long line where it ends.
        ($lines -join '') -replace '\s' | Should -BeLike "*Unknown:$($message -replace '\s')"
    }
}

Describe 'The view of a summary and of a journal' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 1..4 | Start-JournalBatch summed -Stage Read
        Request-JournalTask $batch -Count 2 | Complete-JournalTask
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'No such photo: 17' -ErrorCategory NotFound
    }

    It 'tells progress, durations, what is left and the errors' {
        $lines = Measure-JournalBatch $batch | Get-ViewOf
        $lines -match '^Progress +: 3/4 \(75%\) █+░+$' | Should -HaveCount 1
        $lines -match '^Durations +: mean .*, median .*, P95 ' | Should -HaveCount 1
        $lines -match '^Eta +: ' | Should -HaveCount 1
        $lines -match 'NotFound: No such photo' | Should -HaveCount 1
        $lines -match '^Stages +: Read: ' | Should -HaveCount 1
        $lines | Where-Object { $_.Length -gt 100 } | Should -BeNullOrEmpty
    }

    It 'tells size and tasks of a journal in words' {
        $lines = Get-Journal | Get-ViewOf
        $lines -match '^Size +: [\d.]+ (KiB|MiB)$' | Should -HaveCount 1
        $lines -match '^Tasks +: 1 Pending, 2 Completed, 1 Failed$' | Should -HaveCount 1
    }
}

Describe 'ConvertTo-Json' {
    It 'writes statuses, categories and kinds of what is emitted as words, and times as ISO 8601' {
        $null = Use-NewJournal
        1, 2 | Invoke-JournalBatch json -MaxRetries 0 -ErrorAction Ignore { if ($_ -eq 2) { Write-JournalError 'Gone' -Category NotFound } }
        $batch = Get-JournalBatch | ConvertTo-Json -Depth 3 | ConvertFrom-Json -DateKind String
        $batch.Status, $batch.Progress, $batch.Options.OnCrash | Should -Be Failed, 2/2, Retry
        $batch.CreatedAt | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$'
        (Get-JournalTask | ConvertTo-Json -Depth 2 | ConvertFrom-Json).ErrorCategory | Should -Be None, NotFound
        (Get-JournalAttempt | ConvertTo-Json | ConvertFrom-Json).Outcome | Should -Be Completed, Failed
        (Get-JournalEvent | ConvertTo-Json | ConvertFrom-Json).Kind | Should -Contain Claimed
    }

    It 'finds no enumeration that it would write as a number in what a cmdlet emits' {
        $seen = [System.Collections.Generic.HashSet[type]]::new()
        function Find-Number([type] $Type, [string] $Path) {
            if ($Type.IsGenericType) { foreach ($part in $Type.GetGenericArguments()) { Find-Number $part $Path } }
            if ($Type.IsEnum -and $Type.Namespace -like 'Journal*' -and $Type.GetEnumUnderlyingType() -ne [long]) { $Path }
            if ($Type.IsEnum -or $Type.Namespace -notlike 'Journal*' -or -not $seen.Add($Type)) { return }
            foreach ($property in $Type.GetProperties('Public, Instance')) { Find-Number $property.PropertyType "$Path.$($property.Name)" }
        }
        $types = (Get-Command -Module Journal).OutputType.Type | Where-Object { $_.Namespace -like 'Journal*' } | Sort-Object FullName -Unique
        $types.Count | Should -BeGreaterThan 10
        $types | ForEach-Object { Find-Number $_ $_.Name } | Should -BeNullOrEmpty
    }
}

Describe 'Progress' {
    It 'is a property of a batch and of its measure, and says what the list says' {
        $null = Use-NewJournal
        1..3 | Invoke-JournalBatch some { }
        Get-JournalBatch | Select-Object -ExpandProperty Progress | Should -Be 3/3
        (Measure-JournalBatch some).Progress | Should -Be 3/3
        (Get-JournalBatch | Get-ViewOf) -join "`n" | Should -BeLike '* 3/3 *'
    }
}
