BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $root = Get-RepositoryRoot
    $module = Get-ModulePath
    $drive = [System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)

    # A script in a process of its own, with a journal of its own; all that it says.
    function Invoke-Fresh([string] $Script) {
        $file = Join-Path $drive "$([guid]::NewGuid().ToString('N')).ps1"
        $journal = "$file.db"
        # In one text, so that a process can start others like it.
        $begin = "`$ErrorActionPreference = 'Stop'; `$WarningPreference = 'SilentlyContinue'; `$env:JOURNAL_PATH = '$journal'; `$env:JOURNAL_DURABILITY = 'Normal'; `$module = '$module'; `$folder = '$drive'; Import-Module '$root/build/Tools.psm1'"
        Set-Content $file "$begin; `$begin = @'`n$begin`n'@`n$Script"
        Invoke-PowerShell -NoProfile -NonInteractive -File $file 2>&1 | ForEach-Object { "$_" }
    }

    # Another major version in an assembly that is not loaded; nothing else of it changes.
    function Set-AssemblyVersion([string] $Path, [int] $Major) {
        $bytes = [System.IO.File]::ReadAllBytes($Path)
        $image = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.MemoryStream]::new($bytes))
        $metadata = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($image)
        # In the row of the assembly itself, behind the four bytes that name its hash.
        $at = $image.PEHeaders.MetadataStartOffset + [System.Reflection.Metadata.Ecma335.MetadataReaderExtensions]::GetTableMetadataOffset($metadata, 'Assembly') + 4
        [System.BitConverter]::GetBytes([uint16]$Major).CopyTo($bytes, $at)
        $image.Dispose()
        [System.IO.File]::WriteAllBytes($Path, $bytes)
    }

    $journal = 'Import-Module $module'
    # A batch of which half is done in a first run and the rest in a second, and what came of it.
    $work = @'

$name = "x$([guid]::NewGuid().ToString('N'))"
$all = @(1..20 | Invoke-JournalBatch $name -MaxRetries 0 -ErrorAction Ignore { if ($_ % 2) { throw 'not yet' } else { [int]$_ } })
$all += @(1..20 | Invoke-JournalBatch $name { [int]$_ })
"journal $($all.Count) $((Get-JournalBatch -Name $name).Completed) $((Test-Journal).IsHealthy)"

'@
    # What the other module is for: a database of its own.
    $foreign = @'

$database = Join-Path $folder "$([guid]::NewGuid().ToString('N')).other.db"
Invoke-OtherSqlite $database 'create table t (n integer, text text)'
1..20 | ForEach-Object { Invoke-OtherSqlite $database 'insert into t values (@0, @1)' $_, "row $_" }
$sum = Invoke-OtherSqlite $database 'select count(*) as count, sum(n) as sum, max(text) as last from t'
"other $($sum.count) $($sum.sum) $($sum.last)"

'@
    $good = 'journal 20 20 True'
    $well = 'other 20 210 row 9'
}
AfterAll { Clear-JournalSetting }

Describe 'Beside a module with Microsoft.Data.Sqlite <version>' -ForEach @(
    @{ version = '10.0'; folder = '' }
    @{ version = '8.0'; folder = 'earlier' }
) {
    BeforeAll {
        $other = "Import-Module '$root/tests/Journal.OtherSqlite/bin/Release/net10.0/$folder/OtherSqlite.psm1'"
    }

    It 'works where the other was loaded and used first' {
        Invoke-Fresh "$other; $foreign; $journal; $work; $foreign" | Should -Be $well, $good, $well
    }

    It 'works where the other is loaded afterwards and both are used in turn' {
        Invoke-Fresh "$journal; $work; $other; $foreign; $work; $foreign; $work" | Should -Be $good, $well, $good, $well, $good
    }

    It 'works while the other has a database and a transaction open, and keeps its engine to itself' {
        Invoke-Fresh ("$other; $journal" + @'

$open = Open-OtherSqlite (Join-Path $folder "$([guid]::NewGuid().ToString('N')).other.db")
Invoke-OtherSqlite $open 'create table t (n integer)'
Invoke-OtherSqlite $open 'begin'
$null = 1..20 | Invoke-JournalBatch both { Invoke-OtherSqlite $open 'insert into t values (@0)' ([int]$_) }
'@ + $work + @'
Invoke-OtherSqlite $open 'commit'
"rows $((Invoke-OtherSqlite $open 'select count(*) as n from t').n) of $((Get-JournalBatch -Name both).Completed)"
[AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'SQLitePCLRaw.core' } | ForEach-Object { [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name } | Sort-Object
"driver $([Microsoft.Data.Sqlite.SqliteConnection].Assembly.GetName().Version.ToString(2))"
'@) | Should -Be $good, 'rows 20 of 20', 'Default', 'Journal:Journal.Sqlite', "driver $version"
    }

    It 'loses nothing while the other looks into the journal itself and further processes work on it' {
        # Whoever closes a file drops all the POSIX locks that its process has on it.
        Invoke-Fresh ("$other; $journal" + @'

$batch = 1..200 | Start-JournalBatch shared
Set-Content "$env:JOURNAL_PATH.ps1" ("{0}; Import-Module `$module; Invoke-JournalBatch -BatchId '{1}' {{ [int]`$_ }}" -f $begin, $batch.Id)
$program, $first = Get-PowerShellCommand
$files = 1, 2 | ForEach-Object { "$env:JOURNAL_PATH.out$_" }
$processes = $files | ForEach-Object { Start-Process $program -PassThru -RedirectStandardOutput $_ -ArgumentList (@($first) + '-NoProfile' + '-NonInteractive' + '-File' + "$env:JOURNAL_PATH.ps1" | Where-Object { $_ }) }
$seen = 0
$all = @(Invoke-JournalBatch -BatchId $batch.Id {
    $now = (Invoke-OtherSqlite $env:JOURNAL_PATH 'select count(*) as n from task where status = 2' -ReadOnly).n
    if ($now -lt $seen) { "went back from $seen to $now" }
    $seen = $now
    [int]$_
})
$ended = $processes | ForEach-Object { if ($_.WaitForExit(60000)) { 'ended' } else { $_.Kill(); 'hung' } }
$all += Get-Content $files
"$($all.Count) results, $(@($all | ForEach-Object { "$_" } | Sort-Object -Unique).Count) different, $((Get-JournalBatch -Id $batch.Id).Completed) completed, healthy: $((Test-Journal).IsHealthy), $ended"
'@) | Should -Be '200 results, 200 different, 200 completed, healthy: True, ended ended'
    }
}

Describe 'In one process' {
    It 'several runspaces work on several journals at once' {
        $folder = [System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)
        $completed = 1..6 | ForEach-Object -ThrottleLimit 3 -Parallel {
            Import-Module "$using:root/Journal.psd1"
            $path = Join-Path $using:folder "journal$($_ % 2).db"
            $batch = 1..15 | Start-JournalBatch "batch$_" -JournalPath $path
            $null = Invoke-JournalBatch -BatchId $batch.Id -JournalPath $path { $_ }
            (Get-JournalBatch -Id $batch.Id -JournalPath $path).Completed
        }
        $completed | Should -Be (@(15) * 6)
        0, 1 | ForEach-Object { (Test-Journal (Join-Path $folder "journal$_.db")).IsHealthy | Should -BeTrue }
    }

    It 'two runspaces share a batch, and each task is done once' {
        $path = Use-NewJournal
        $batch = 1..100 | Start-JournalBatch shared
        $done = 1..2 | ForEach-Object -ThrottleLimit 2 -Parallel {
            Import-Module $using:module
            Invoke-JournalBatch -BatchId $using:batch.Id -JournalPath $using:path -WarningAction Ignore { [int]$_ }
        }
        $done | Sort-Object | Should -Be (1..100)
        (Test-Journal $path).Problems | Should -BeNullOrEmpty
    }

    It 'it can be removed and imported again, in the middle of a batch and with a connection left open' {
        Invoke-Fresh ("$journal; $work" + @'
$null = Connect-Journal $env:JOURNAL_PATH
$task = 1..3 | Start-JournalBatch begun | Request-JournalTask
Remove-Module Journal
"gone: $($null -eq (Get-Command Get-Journal -ErrorAction Ignore))"
'@ + "`n$journal; $work" + @'
$null = Complete-JournalTask -Id $task.Id -Token $task.Token
$null = Invoke-JournalBatch begun -Resume { $_ }
"begun $((Get-JournalBatch -Name begun).Completed)"
'@) | Should -Be $good, 'gone: True', $good, 'begun 3'
    }

    It 'an upgrade in an old session says that the session must be restarted, whichever cmdlet is called' {
        $newer = Join-Path $drive newer Journal
        $null = New-Item $newer -ItemType Directory
        Copy-Item "$(Split-Path $module)/module" $newer -Recurse
        (Get-Content $module -Raw) -replace "ModuleVersion(\s*)= '[^']+'", "ModuleVersion`$1= '99.0.0'" | Set-Content (Join-Path $newer Journal.psd1)
        # What a later build would differ in for the loader: the number in each of our assemblies.
        foreach ($file in Get-ChildItem $newer -Recurse -Filter 'Journal.*.dll') { Set-AssemblyVersion $file.FullName 99 }
        $said = Invoke-Fresh ("$journal; $work; Remove-Module Journal`n" + @"
try { Import-Module '$newer/Journal.psd1' } catch { "import: `$_" }
foreach (`$name in (Import-PowerShellDataFile '$newer/Journal.psd1').CmdletsToExport) {
    try { & `$name -ErrorAction Stop; "`$name works" } catch { "`$name `$(`$_.FullyQualifiedErrorId) `$_" }
}
"@)
        $refused, $others = $said.Where({ $_ -match 'RestartRequired' -and $_ -match '99\.0\.0.*restart PowerShell' }, 'Split')
        $refused.Count | Should -BeGreaterThan 10
        # What lacks an argument is refused by PowerShell; closing is always allowed.
        $others | Where-Object { $_ -notmatch 'MissingMandatoryParameter' } | Should -Be $good, 'Disconnect-Journal works'
    }
}

Describe 'A native library that cannot be loaded' {
    BeforeAll {
        $broken = Join-Path $drive broken
        $null = New-Item $broken -ItemType Directory
        Copy-Item $module $broken
        Copy-Item "$(Split-Path $module)/module" $broken -Recurse
        $library = Get-ChildItem "$broken/module/bin/stores/sqlite/runtimes" -Recurse -File -Filter '*e_sqlite3*'
        $look = "Import-Module '$broken/Journal.psd1'; try { 1..2 | Start-JournalBatch x } catch { `$_.FullyQualifiedErrorId.Split(',')[0], `$_.TargetObject, (`$_.Exception.Message -replace '\s+', ' ') }"
    }

    It 'is an error that names the file, what the loader said and what is needed' {
        $library | ForEach-Object { [System.IO.File]::WriteAllText($_.FullName, 'this is no library') }
        $id, $file, $message = Invoke-Fresh $look
        $id | Should -Be NativeLibraryNotLoaded
        $file | Should -BeIn $library.FullName
        $message.Contains($file) | Should -BeTrue
        $message | Should -BeLike '*glibc 2.34*'
        if ($IsLinux) { $message | Should -Match 'invalid ELF header|file too short' }
    }

    It 'is an error where the system has none' {
        $library | Remove-Item
        $id, $file, $message = Invoke-Fresh $look
        $id | Should -Be NativeLibraryNotLoaded
        $file | Should -Match 'e_sqlite3'
    }
}
