BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $root = Get-RepositoryRoot

    # Lines of PowerShell in a process of its own; what it says on its standard output.
    function Invoke-Fresh([string] $Script) {
        $said = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $Script 2>&1
        $said | ForEach-Object { "$_" }
    }

    $work = "`$env:JOURNAL_PATH = Join-Path ([IO.Path]::GetTempPath()) `"journal-isolation-`$PID.db`"; `$batch = 1..20 | Start-JournalBatch x; `$null = Invoke-JournalBatch -BatchId `$batch.Id { `$_ }; `"completed `$((Get-JournalBatch -Id `$batch.Id).Completed)`"; Remove-Item `"`$env:JOURNAL_PATH*`""
    # Another module's engine: the same assemblies, loaded into the session itself as such modules do.
    $other = "[Reflection.Assembly]::LoadFrom('$root/module/bin/stores/sqlite/SQLitePCLRaw.core.dll') | Out-Null; [Reflection.Assembly]::LoadFrom('$root/module/bin/stores/sqlite/SQLitePCLRaw.provider.e_sqlite3.dll') | Out-Null; `$native = (Get-ChildItem '$root/module/bin/stores/sqlite' -Recurse -Filter '*e_sqlite3.*' | Where-Object FullName -Match ([System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier -replace '^ubuntu[^-]*|^debian[^-]*', 'linux'))[0].FullName; [System.Runtime.InteropServices.NativeLibrary]::Load(`$native) | Out-Null; 'loaded'"
}
AfterAll { Clear-JournalSetting }

Describe 'Beside other modules' {
    It 'works where another engine was loaded first' {
        Invoke-Fresh "$other; Import-Module '$root/Journal.psd1'; $work" | Should -Contain 'completed 20'
    }

    It 'works where another engine is loaded afterwards' {
        Invoke-Fresh "Import-Module '$root/Journal.psd1'; $work; $other; $work" | Where-Object { $_ -eq 'completed 20' } | Should -HaveCount 2
    }

    It 'keeps its engine to itself' {
        $said = Invoke-Fresh "Import-Module '$root/Journal.psd1'; $work; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -like 'SQLitePCL*' } | ForEach-Object { [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name } | Sort-Object -Unique"
        $said | Should -Be 'completed 20', 'Journal:Journal.Sqlite'
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

    It 'it can be removed and imported again' {
        Invoke-Fresh "Import-Module '$root/Journal.psd1'; $work; Remove-Module Journal; Import-Module '$root/Journal.psd1'; $work" | Where-Object { $_ -eq 'completed 20' } | Should -HaveCount 2
    }

    It 'an upgrade in an old session says that the session must be restarted' {
        $folder = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) newer Journal
        $null = New-Item $folder -ItemType Directory
        Copy-Item "$root/module" $folder -Recurse
        (Get-Content "$root/Journal.psd1" -Raw) -replace "ModuleVersion(\s*)= '[^']+'", "ModuleVersion`$1= '99.0.0'" | Set-Content (Join-Path $folder Journal.psd1)
        $said = Invoke-Fresh "Import-Module '$root/Journal.psd1'; Remove-Module Journal; Import-Module '$folder/Journal.psd1'; Get-Journal"
        "$said" | Should -Match 'restart'
    }
}
