BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    Import-Module $PSScriptRoot/NotesJournal.psm1 -Force
    $journal = Use-NewJournal
    $directory = Split-Path $journal
    $earlier, $later = New-NotesJournal $journal $directory
}
AfterAll { Clear-JournalSetting }

Describe 'Export-JournalReport' {
    It 'writes a page and emits its file' {
        $file = Export-JournalReport $earlier -Path (Join-Path $directory r.html)
        $file | Should -BeOfType ([System.IO.FileInfo])
        $page = Get-Content -Raw $file
        $page | Should -BeLike "<!DOCTYPE html>*<title>$earlier</title>*"
        $page | Should -Not -Match 'https?://(?!notes\.example\.org)'
    }

    It 'leaves a file that is there alone unless -Force is given' {
        $path = Join-Path $directory there.html
        Set-Content $path 'mine'
        (Get-ErrorOf { Export-JournalReport $earlier -Path $path }).Id | Should -Be 'ExportFileExists'
        Get-Content $path | Should -Be 'mine'
        Export-JournalReport $earlier -Path $path -Force | Should -Not -BeNullOrEmpty
        Get-Content -Raw $path | Should -BeLike '<!DOCTYPE*'
    }

    It 'refuses an extension that is none of its own, and writes nothing, unless the format is given' {
        $path = Join-Path $directory boss.pdf
        $refused = Get-ErrorOf { Export-JournalReport $earlier -Path $path }
        $refused.Id | Should -Be InvalidValue
        $refused.Message | Should -BeLike "*'.pdf'*.html*-Format*"
        $path | Should -Not -Exist
        Export-JournalReport $earlier -Path $path -Format Html | Should -Not -BeNullOrEmpty
        Export-JournalReport $earlier -Path (Join-Path $directory plain) | Should -Not -BeNullOrEmpty
    }

    It 'takes an extension for the format: <_>' -ForEach 'txt', 'md', 'htm', 'Text' {
        $text = Export-JournalReport $earlier -Format $_
        $same = Export-JournalReport $earlier -Format ([Journal.Reports.ReportRenderer]::FormatOf("x.$_") ?? $_)
        ($text -split "`n")[0] | Should -Be ($same -split "`n")[0]
    }

    It 'writes <Extension> as its name says' -ForEach @(
        @{ Extension = 'md'; Begins = '# notes-*' }
        @{ Extension = 'txt'; Begins = 'notes-*' }
        @{ Extension = 'json'; Begins = '{"Title":"notes-*' }
        @{ Extension = 'csv'; Begins = 'Section,Row,Column,Value*' }
    ) {
        Get-Content -Raw (Export-JournalReport $earlier -Path (Join-Path $directory "as.$Extension")) | Should -BeLike $Begins
    }

    It 'gives text to the pipeline where there is no path' {
        $text = Get-JournalBatch -Name notes -Latest | Export-JournalReport -Format Text
        $text | Should -BeLike "$later*"
        $text | Should -Match '(?m)^  Completed +3\r?$'
    }

    It 'holds the figures' {
        $report = Export-JournalReport $earlier -Format Json -VerifyOutput | ConvertFrom-Json
        $report.Counts.Completed, $report.Counts.Failed, $report.Counts.Skipped | Should -Be 3, 2, 1
        $report.MeanDuration | Should -Be 40
        $report.Errors.Category | Should -Be 'NotFound', 'Timeout'
        $report.Slowest[0].Key, $report.Slowest[0].Duration | Should -Be 'n5', 70
        $report.Batches[0].Stages.MeanDuration | ForEach-Object { [Math]::Round($_, 3) } | Should -Be 12.5, 26.667
        $report.Outputs.Recorded, $report.Outputs.Missing | Should -Be 2, 1
        $report.Outputs.Files[0].Path | Should -BeLike '*gone.md'
        ($report.Progress.Completed | Measure-Object -Sum).Sum | Should -Be 3
    }

    It 'tells of a day only what ended in it' {
        $day = Export-JournalReport -Day 2024-08-17 -Format Json | ConvertFrom-Json
        $day.Title | Should -Be 'Saturday, 17 August 2024'
        $day.Counts.Completed, $day.Counts.Failed, $day.Counts.Skipped | Should -Be 3, 1, 0
        $day.Batches.BatchId | Should -Be $later
        $day.MeanDuration | Should -Be 45
    }

    It 'tells of a week' {
        $week = Export-JournalReport -Week 2024-08-18 -Format Json | ConvertFrom-Json
        $week.Title | Should -Be 'Week 33 of 2024'
        $week.Counts.Completed, $week.Counts.Failed, $week.Counts.Skipped | Should -Be 6, 3, 1
        $week.Batches.BatchId | Should -Be $later, $earlier
    }

    It 'tells of a day on which nothing happened' {
        Export-JournalReport -Day 2020-01-01 -Format Html | Should -BeLike '*<h1>Wednesday, 1 January 2020</h1>*'
        (Export-JournalReport -Day 2020-01-01 -Format Json | ConvertFrom-Json).Counts.Completed | Should -Be 0
    }

    It 'makes one report of several batches' {
        $report = Get-JournalBatch -Name notes | Export-JournalReport -Format Json | ConvertFrom-Json
        $report.Title | Should -Be '2 batches'
        $report.Counts.Completed | Should -Be 6
    }

    It 'tells of a batch that has not begun' {
        $ready = 1..3 | Start-JournalBatch waiting
        Export-JournalReport $ready -Format Html | Should -BeLike '*3 waiting*'
    }

    It 'writes nothing with -WhatIf' {
        $path = Join-Path $directory whatif.html
        Export-JournalReport $earlier -Path $path -WhatIf
        $path | Should -Not -Exist
    }

    It 'names a batch or a place that is not there' {
        (Get-ErrorOf { Export-JournalReport nothing -Format Text }).Id | Should -Be 'BatchNotFound'
        (Get-ErrorOf { Export-JournalReport $earlier -Path (Join-Path $journal below-a-file.html) }).Id | Should -Be 'ExportFailed'
    }

    It 'writes a CSV file that Import-Csv reads' {
        $rows = Import-Csv (Export-JournalReport $earlier -Path (Join-Path $directory rows.csv))
        ($rows | Where-Object { $_.Section -eq 'Overview' -and $_.Column -eq 'Completed' }).Value | Should -Be '3'
    }
}
