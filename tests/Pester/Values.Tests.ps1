# What goes in comes back the same: through every place where a journal keeps a value, in every culture, compared with what Export-Clixml keeps.
BeforeDiscovery {
    $cultures = 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'sv-SE', 'th-TH', 'tr-TR', 'fa-IR'
}

BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force

    $seed = $env:JOURNAL_SEED ? [int]$env:JOURNAL_SEED : 20261125
    $random = [random]::new($seed)

    function Get-RandomText {
        $characters = 'a', 'B', 'i', 'İ', 'ß', '"', '''', '\', '<', '&', "`n", "`t", "`0", ' ', '{', '$type', '[', 'é', '漢', '📷', ([string][char]0xD800), '_x000A_', ',', ';', '٣'
        -join (1..$random.Next(1, 12) | ForEach-Object { $characters[$random.Next($characters.Count)] })
    }

    # One value of a random scalar type. The comma keeps bytes together.
    function Get-RandomScalar {
        $ticks = $random.NextInt64([datetime]::MaxValue.Ticks)
        switch ($random.Next(36)) {
            0 { $null } 1 { Get-RandomText } 2 { '' } 3 { $true } 4 { $false } 5 { $random.Next() } 6 { -5 } 7 { [long]$random.Next(100) } 8 { $random.NextInt64() } 9 { [long]::MinValue }
            10 { [byte]$random.Next(256) } 11 { [sbyte]-7 } 12 { [short]-300 } 13 { [ushort]60000 } 14 { [uint]::MaxValue } 15 { [ulong]::MaxValue - $random.Next(9) } 16 { $random.NextDouble() * 1e20 } 17 { 2.0 }
            18 { [double]::NaN } 19 { [float]($random.NextDouble()) } 20 { [half]1.5 } 21 { [decimal]'12345678901234567.890' } 22 { [bigint]::Pow(7, $random.Next(60)) } 23 { [char]'ü' }
            24 { [datetime]::new($ticks, [DateTimeKind]$random.Next(3)) } 25 { [datetimeoffset]::new([datetime]::new(2026, 3, 29, 2, $random.Next(60), 0), [timespan]::FromHours($random.Next(-12, 13))) }
            26 { [dateonly]::FromDayNumber($random.Next([dateonly]::MaxValue.DayNumber)) } 27 { [timeonly]::new($random.NextInt64([timespan]::TicksPerDay)) } 28 { [timespan]::new($random.NextInt64() - $random.NextInt64()) }
            29 { [guid]::NewGuid() } 30 { [uri]'https://example.org/ä b?c=1#d' } 31 { [version]'1.10.3' } 32 { [semver]'1.2.3-beta+7' } 33 { [ipaddress]'fe80::1' } 34 { [DayOfWeek]$random.Next(7) }
            35 { $bytes = [byte[]]::new(9); $random.NextBytes($bytes); , $bytes }
        }
    }

    function Get-RandomValue([int] $Depth) {
        switch ($Depth -eq 0 ? 0 : $random.Next(8)) {
            4 { , @(for ($i = $random.Next(4); $i -gt 0; $i--) { , (Get-RandomValue ($Depth - 1)) }) }
            5 { $list = [Collections.ArrayList]::new(); for ($i = $random.Next(3); $i -gt 0; $i--) { $null = $list.Add((Get-RandomValue ($Depth - 1))) }; , $list }
            6 { $map = $random.Next(2) ? @{} : [ordered]@{}; for ($i = $random.Next(4); $i -gt 0; $i--) { $map["$i$(Get-RandomName)"] = Get-RandomValue ($Depth - 1) }; , $map }
            7 { $object = [pscustomobject]@{}; for ($i = $random.Next(4); $i -gt 0; $i--) { $object | Add-Member "$i$(Get-RandomName)" (Get-RandomValue ($Depth - 1)) }; , $object }
            default { , (Get-RandomScalar) }
        }
    }

    function Get-RandomName { 'Name', 'İd', 'two words', '$type', '$value', 'a.b', 'x[1]', 'Count', 'Keys'[$random.Next(9)] }

    # Where two values differ, in words; nothing where they are alike: the same type and all digits, the same members in their order.
    function Get-Difference($Is, $Was, [string] $Where = '$_') {
        if ($null -eq $Was -or $Was -is [DBNull]) { if ($null -ne $Is) { "${Where}: $Is is not null" }; return }
        if ($null -eq $Is) { return "${Where}: null instead of [$($Was.GetType().Name)] $Was" }
        if ($Was -is [Collections.IDictionary]) {
            if ($Is -isnot [Collections.IDictionary] -or ($Was -is [Collections.Specialized.OrderedDictionary]) -ne ($Is -is [Collections.Specialized.OrderedDictionary])) { return "${Where}: $($Is.GetType()) instead of $($Was.GetType())" }
            if ($Was.get_Count() -ne $Is.get_Count()) { return "${Where}: $($Is.get_Count()) entries instead of $($Was.get_Count())" }
            foreach ($key in $Was.get_Keys()) { Get-Difference $Is[$key] $Was[$key] "$Where[$key]" }
            return
        }
        if ($Was -is [byte[]]) { if ($Is -isnot [byte[]] -or [Convert]::ToHexString($Is) -ne [Convert]::ToHexString($Was)) { "${Where}: other bytes" }; return }
        if ($Was -is [Collections.IList]) {
            if ($Is -isnot [Collections.IList] -or $Was -is [array] -and $Is -isnot [array]) { return "${Where}: $($Is.GetType()) instead of $($Was.GetType())" }
            if ($Was.get_Count() -ne $Is.get_Count()) { return "${Where}: $($Is.get_Count()) items instead of $($Was.get_Count())" }
            for ($i = 0; $i -lt $Was.get_Count(); $i++) { Get-Difference $Is[$i] $Was[$i] "$Where[$i]" }
            return
        }
        if ($Was.psobject.BaseObject -is [Management.Automation.PSCustomObject]) {
            if ($Is.psobject.BaseObject -isnot [Management.Automation.PSCustomObject]) { return "${Where}: $($Is.GetType()) instead of an object" }
            $names = @($Was.psobject.Properties.Name)
            if ("$names" -cne "$(@($Is.psobject.Properties.Name))") { return "${Where}: $($Is.psobject.Properties.Name) instead of $names" }
            foreach ($name in $names) { if ($name) { Get-Difference $Is.psobject.Properties[$name].Value $Was.psobject.Properties[$name].Value "$Where.$name" } }
            return
        }
        if ($Is.GetType() -ne $Was.GetType()) { return "${Where}: [$($Is.GetType())] $Is instead of [$($Was.GetType())] $Was" }
        if ($Was -is [datetime] -and ($Is.Ticks -ne $Was.Ticks -or $Is.Kind -ne $Was.Kind)) { return "${Where}: $($Is.ToString('O')) instead of $($Was.ToString('O'))" }
        if ($Was -is [decimal] -and "$Is" -ne "$Was") { return "${Where}: $Is instead of $Was" }
        if (-not $Is.Equals($Was)) { "${Where}: $Is instead of $Was" }
    }

    function Invoke-InCulture([string] $Name, [scriptblock] $Script) {
        $before = [cultureinfo]::CurrentCulture
        [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo($Name)
        try { & $Script } finally { [cultureinfo]::CurrentCulture = $before }
    }
}
AfterAll { Clear-JournalSetting }

Describe 'Values that were kept, in <_>' -ForEach $cultures {
    BeforeAll {
        $culture = $_
        $null = Use-NewJournal
        $inputs = @(foreach ($id in 1..40) { [pscustomobject]@{ Id = $id; Value = Get-RandomValue 3 } })
    }

    It 'are the same in a block, with -ThrottleLimit <_>' -ForEach 1, 2 {
        $limit = $_
        $seen = Invoke-InCulture $culture { $inputs | Start-JournalBatch "in-$limit" -Key Id | Out-Null }
        # Another person's session resumes it, in another culture.
        $seen = Invoke-InCulture 'en-US' { Invoke-JournalBatch "in-$limit" -ThrottleLimit $limit { $_ } } | Group-Object Id -AsHashTable
        foreach ($one in $inputs) { Get-Difference $seen[$one.Id][0].Value $one.Value "input $($one.Id)" | Should -BeNullOrEmpty -Because "the seed is $seed" }
    }

    It 'are the same as the input of a task that is looked at' {
        Invoke-InCulture $culture { $inputs | Start-JournalBatch looked -Key Id | Out-Null }
        foreach ($task in Get-JournalTask (Get-JournalBatch looked)) { Get-Difference $task.Input.Value $inputs[[int]$task.Key - 1].Value "input $($task.Key)" | Should -BeNullOrEmpty -Because "the seed is $seed" }
    }

    It 'are the same as settings, metadata and checkpoints' {
        foreach ($one in $inputs) {
            Invoke-InCulture $culture {
                Set-JournalCheckpoint "c$($one.Id)" $one.Value
                $null = Start-JournalBatch "kept-$($one.Id)" -Setting @{ V = $one.Value } -Metadata @{ V = $one.Value }
            }
            Get-Difference (Get-JournalCheckpoint "c$($one.Id)").Value $one.Value "checkpoint $($one.Id)" | Should -BeNullOrEmpty -Because "the seed is $seed"
            $batch = Get-JournalBatch "kept-$($one.Id)"
            Get-Difference $batch.Settings['V'] $one.Value "setting $($one.Id)" | Should -BeNullOrEmpty -Because "the seed is $seed"
            Get-Difference $batch.Metadata['V'] $one.Value "metadata $($one.Id)" | Should -BeNullOrEmpty -Because "the seed is $seed"
        }
    }

    It 'are the same as a task''s metadata and as what an earlier stage emitted' {
        $seen = Invoke-InCulture $culture {
            $inputs | Invoke-JournalBatch staged -Key Id ([ordered]@{ One = { $JournalTask.SetMetadata('V', $_.Value); $_ }; Two = { $JournalTask.Result('One') } })
        }
        $last = $seen | Group-Object Id -AsHashTable
        foreach ($task in Get-JournalTask (Get-JournalBatch staged)) {
            $was = $inputs[[int]$task.Key - 1].Value
            Get-Difference $last[[int]$task.Key][-1].Value $was "result $($task.Key)" | Should -BeNullOrEmpty -Because "the seed is $seed"
            Get-Difference $task.Metadata['V'] $was "metadata $($task.Key)" | Should -BeNullOrEmpty -Because "the seed is $seed"
        }
    }

    It 'are no less than Export-Clixml keeps' {
        $null = $inputs | Start-JournalBatch beside -Key Id
        foreach ($task in Get-JournalTask (Get-JournalBatch beside)) {
            $theirs = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($inputs[[int]$task.Key - 1], 3))
            # Where it keeps a scalar as itself, so do we.
            $value = $theirs.Value
            if ($null -ne $value -and $value.psobject.TypeNames[0] -notlike 'Deserialized.*') { Get-Difference $task.Input.Value $value "input $($task.Key)" | Should -BeNullOrEmpty -Because "the seed is $seed" }
        }
    }

    It 'make the same keys and the same settings as in any other culture' {
        $scalars = 1.5, [datetime]::new(2026, 5, 4, 3, 2, 1, [System.DateTimeKind]::Utc), [dateonly]::new(2026, 5, 4), [timeonly]::new(6, 30, 20), [decimal]2.5, [half]3.5, -5, [timespan]::FromHours(1.5), [DayOfWeek]::Friday
        $keys = Invoke-InCulture $culture { (Get-JournalTask ($scalars | Start-JournalBatch keys)).Key }
        $keys | Should -BeExactly '1.5', '2026-05-04T03:02:01.0000000Z', '2026-05-04', '06:30:20.0000000', '2.5', '3.5', '-5', '01:30:00', 'Friday'
        $setting = @{ Until = [dateonly]::new(2026, 5, 4); Rate = 1.5; Deep = @{ A = 1; B = 2; C = [datetime]::new(2026, 5, 4) } }
        $null = Invoke-InCulture $culture { 1, 2 | Invoke-JournalBatch set -Setting $setting { $_ } -WarningAction Ignore | Select-Object -First 1 }
        Invoke-InCulture 'en-US' { 1, 2 | Invoke-JournalBatch set -Setting $setting { $_ } } | Should -Be 2
    }
}

Describe 'Kinds of values' {
    BeforeEach { $null = Use-NewJournal }

    It 'gives <What>' -ForEach @(
        @{ What = 'a hashtable that can be splatted'; In = { @{ Path = '/a'; Depth = 2 } }; Key = 'Path'; Script = { function Go($Path, $Depth) { "$Path $Depth" }; $splat = $_; Go @splat }; Is = '/a 2' }
        @{ What = 'a hashtable with keys of their own types'; In = { @{ 1 = 'a' } }; Key = { 'k' }; Script = { $_[1] }; Is = 'a' }
        @{ What = 'an object that is one'; In = { [pscustomobject]@{ Host = 'db'; Port = 1 } }; Key = 'Host'; Script = { "$_ $($_ -is [pscustomobject]) $($_ | ConvertTo-Json -Compress)" }; Is = '@{Host=db; Port=1} True {"Host":"db","Port":1}' }
        @{ What = 'an object with a type name of its own'; In = { [pscustomobject]@{ PSTypeName = 'My.Host'; Id = 1 } }; Key = 'Id'; Script = { $_.pstypenames[0] }; Is = 'My.Host' }
        @{ What = 'a list of one as a list'; In = { [pscustomobject]@{ Id = 1; Tags = @('a') } }; Key = 'Id'; Script = { "$($_.Tags -is [array]) $($_.Tags.Count)" }; Is = 'True 1' }
        @{ What = 'an object of a class'; In = { class Car { [string] $Name; [DayOfWeek] $Day; [string] ToString() { return "car $($this.Name)" } }; [Car]@{ Name = 'x'; Day = 'Friday' } }; Key = 'Name'; Script = { "$_ $($_.Day -gt 'Monday') $($_.pstypenames[0])" }; Is = 'car x True Deserialized.Car' }
        @{ What = 'an object of .NET'; In = { Get-Process -Id $PID }; Key = 'Id'; Script = { "$($_.pstypenames[0]) $($_.Id -eq $PID) $($_.StartTime -is [datetime])" }; Is = 'Deserialized.System.Diagnostics.Process True True' }
        @{ What = 'an XML document'; In = { [xml]'<a><b c="1">t</b></a>' }; Key = { 'k' }; Script = { $_.a.b.c + $_.a.b.'#text' }; Is = '1t' }
        @{ What = 'an XML element'; In = { ([xml]'<a><b c="1">t</b></a>').a.b }; Key = 'c'; Script = { $_.c + $_.InnerText }; Is = '1t' }
        @{ What = 'a data row without its table, NULL as null'; In = { $t = [Data.DataTable]::new(); $null = $t.Columns.Add('Id', [int]), $t.Columns.Add('N', [int]); $null = $t.Rows.Add(1, [DBNull]::Value); $t.Rows[0] }; Key = 'Id'; Script = { "$($_.Id) <$($_.N)> $($null -eq $_.N)" }; Is = '1 <> True' }
        @{ What = 'a file, live, with what was added to it'; In = { Get-Item $PSCommandPath | Add-Member Owner 'me' -PassThru }; Key = 'FullName'; Script = { "$($_.Exists) $($_.Owner) $($_ -is [IO.FileInfo])" }; Is = 'True me True' }
        @{ What = 'a number with a property'; In = { 7 | Add-Member Unit 'kg' -Force -PassThru }; Key = { "$_" }; Script = { "$_ $($_.Unit) $($_ -is [int])" }; Is = '7 kg True' }
        @{ What = 'a date with a property'; In = { [datetime]::new(2026, 5, 4) | Add-Member Zone 'UTC' -PassThru }; Key = { 'k' }; Script = { "$($_.Day) $($_.Zone) $($_ -is [datetime])" }; Is = '4 UTC True' }
        @{ What = 'a hashtable with a property'; In = { @{ a = 1 } | Add-Member Note 'n' -PassThru }; Key = { 'k' }; Script = { "$($_['a']) $($_.Note) $($_ -is [hashtable])" }; Is = '1 n True' }
        @{ What = 'a list with a property'; In = { $l = [Collections.ArrayList](1, 2); Add-Member -InputObject $l Note 'n'; [pscustomobject]@{ Id = 1; L = $l } }; Key = 'Id'; Script = { "$($_.L.Count) $($_.L.Note)" }; Is = '2 n' }
        @{ What = 'an address with a property'; In = { [uri]'http://h/p' | Add-Member Note 'n' -PassThru }; Key = { 'k' }; Script = { "$($_.Host) $($_.Note) $($_ -is [uri])" }; Is = 'h n True' }
        @{ What = 'an object whose bare members have properties'; In = { $u, $v, $h = [uri]'http://h/', [version]'1.2', @{ a = 1 }; $u, $v | ForEach-Object { Add-Member -InputObject $_ Note "n$_" }; Add-Member -InputObject $h Note 'nh'; [pscustomobject]@{ Id = 1; U = $u; V = $v; H = $h } }; Key = 'Id'; Script = { "$($_.U.Note) $($_.V.Note) $($_.H.Note)" }; Is = 'nhttp://h/ n1.2 nh' }
        @{ What = 'a version with a property that is computed'; In = { [version]'1.2' | Add-Member ScriptProperty Twice { $this.Minor * 2 } -PassThru }; Key = { 'k' }; Script = { "$_ $($_.Twice)" }; Is = '1.2 4' }
        @{ What = 'a property of an object that is a text with a property'; In = { [pscustomobject]@{ Id = 1; T = 'x' | Add-Member N 5 -PassThru } }; Key = 'Id'; Script = { "$($_.T) $($_.T.N)" }; Is = 'x 5' }
        @{ What = 'a text with a property'; In = { 'line' | Add-Member Line 7 -PassThru }; Key = { "$_" }; Script = { "$_ $($_.Line) $($_ -is [string])" }; Is = 'line 7 True' }
        @{ What = 'a line of Get-Content with its number and file'; In = { Get-Content $PSCommandPath -TotalCount 1 }; Key = 'ReadCount'; Script = { "$($_.ReadCount) $($_.PSChildName)" }; Is = '1 Values.Tests.ps1' }
        @{ What = 'an object from another process'; In = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-Process -Id $PID), 1)) }; Key = 'Id'; Script = { "$($_.pstypenames[0]) $_" }; Is = "Deserialized.System.Diagnostics.Process System.Diagnostics.Process (pwsh)" }
        @{ What = 'a list that is computed while it is read'; In = { [pscustomobject]@{ Id = 1; L = [Linq.Enumerable]::Where([int[]](1, 2, 3), [Func[int, bool]] { param($x) $x -gt 1 }) } }; Key = 'Id'; Script = { "$($_.L) $($_.L.pstypenames[0] -like 'Deserialized.System.Linq.*')" }; Is = '2 3 True' }
        @{ What = 'an object that leads back to itself'; In = { $o = [pscustomobject]@{ Id = 1; Me = $null }; $o.Me = $o; $o }; Key = 'Id'; Script = { $_.Me.Me.Me.Id }; Is = 1 }
        @{ What = 'an object whose members look like the journal''s own'; In = { [pscustomobject]@{ '$type' = 'version'; '$value' = '1.2' } }; Key = '$value'; Script = { $_.'$type' + $_.'$value' }; Is = 'version1.2' }
    ) {
        # A class of a test file carries the file's own prefix.
        ((& $In) | Invoke-JournalBatch one -Key $Key $Script) -replace '<[0-9a-f]+>\.' | Should -BeExactly ($Is -replace '\(pwsh\)', "($((Get-Process -Id $PID).ProcessName))")
        ((& $In) | Invoke-JournalBatch two -Key $Key -ThrottleLimit 2 $Script) -replace '<[0-9a-f]+>\.' | Should -BeExactly ($Is -replace '\(pwsh\)', "($((Get-Process -Id $PID).ProcessName))")
    }

    It 'opens plain data to any sensible depth, and tells what it left out' {
        $deep = [pscustomobject]@{ L = 1 }
        2..20 | ForEach-Object { $deep = [pscustomobject]@{ L = $_; In = $deep } }
        $deep | Invoke-JournalBatch deep -Key L { $d = $_; while ($d.In) { $d = $d.In }; $d.L } | Should -Be 1
        $bad = 1, 2 | ForEach-Object { [pscustomobject]@{ Id = $_ } | Add-Member ScriptProperty Owner { throw 'no access' } -PassThru }
        $bad | Invoke-JournalBatch lost -Key Id -WarningVariable told -WarningAction SilentlyContinue { $_.Id } | Should -Be 1, 2
        @($told) | Should -HaveCount 1
        "$told" | Should -BeLike "*'1'*'Owner'*no access*"
    }

    It 'refuses what cannot be kept, that input alone: <What>' -ForEach @(
        @{ What = 'a secret'; Bad = { [pscustomobject]@{ Id = 1; S = [securestring]::new() } }; Id = 'SecretRefused' }
        @{ What = 'a secret in an object of .NET'; Bad = { class Holder { $Id = 1; $Login = [pscredential]::new('me', [securestring]::new()) }; [Holder]::new() }; Id = 'SecretRefused' }
        @{ What = 'a list that fails while it is read'; Bad = { [pscustomobject]@{ Id = 1; L = [Linq.Enumerable]::Select([int[]](1, 2, 3), [Func[int, int]] { param($x) if ($x -eq 2) { throw 'no second' }; $x }) } }; Id = 'ValueNotKept' }
        @{ What = 'a list that fails as soon as it is asked'; Bad = { class Lazy : System.Collections.IEnumerable { [System.Collections.IEnumerator] GetEnumerator() { throw 'not now' } }; [pscustomobject]@{ Id = 1; L = [Lazy]::new() } }; Id = 'ValueNotKept' }
        @{ What = 'a list without end'; Bad = { [pscustomobject]@{ Id = 1; L = [Linq.Enumerable]::Repeat(1, [int]::MaxValue) } }; Id = 'ValueNotKept' }
        @{ What = 'nesting without end'; Bad = { $d = @{ Id = 1 }; 1..150 | ForEach-Object { $d = @{ Id = 1; In = $d } }; $d }; Id = 'ValueNotKept' }
    ) {
        foreach ($limit in 1, 2) {
            $found = Get-ErrorOf { (& $Bad), [pscustomobject]@{ Id = 2 } | Invoke-JournalBatch "r$limit" -Key Id -ThrottleLimit $limit { } }
            @($found.Id) | Should -Be $Id
            (Get-JournalTask (Get-JournalBatch "r$limit" -Latest)).Key | Should -Be 2
        }
    }

    It 'can ask this PowerShell in short whether anything was added to a text' {
        # AddedProperties.cs asks so; where it cannot, texts are kept all the same, only slower.
        [psobject].GetMethod('HasInstanceMembers', [Reflection.BindingFlags] 'Static, NonPublic').ReturnType | Should -Be ([bool])
    }

    It 'reads what older journals hold, whatever its names are' {
        [Journal.KeptValues]::Decode('{"Id":1,"psobject":2,"":3}')['psobject'] | Should -Be 2
        $old = [Journal.KeptValues]::Decode('{"Id":1,"When":"2026-05-04T00:00:00.0000000","N":1.5,"L":[1,"a"]}')
        $old.Id | Should -Be 1
        $old.When | Should -BeOfType string
        $old.L | Should -Be 1, 'a'
        [Journal.KeptValues]::Decode('{"$type":"Some.Class, Some","x":1}').x | Should -Be 1
    }
}

Describe 'The input of a task' {
    BeforeEach { $null = Use-NewJournal }

    It 'is the value, for a pipeline, a file and a comparison' {
        'u1', 'u2' | Invoke-JournalBatch first { throw 'no' } -MaxRetries 0 -ErrorAction SilentlyContinue
        $failed = Get-JournalTask -Status Failed
        $failed[0].Input | Should -BeOfType string
        ($failed | ForEach-Object Input | Invoke-JournalBatch again { "again $_" }) | Should -Be 'again u1', 'again u2'
        ($failed | Where-Object Input -EQ 'u1').Key | Should -Be u1
        $failed | ForEach-Object Input > TestDrive:/urls.txt
        Get-Content TestDrive:/urls.txt | Should -Be 'u1', 'u2'
    }

    It 'comes back through Export-Csv and Import-Journal, whatever it is' {
        $null = [pscustomobject]@{ Id = 1; When = [dateonly]::new(2026, 5, 4) } | Start-JournalBatch objects -Key Id
        $null = Get-Item $PSCommandPath | Start-JournalBatch files
        Get-JournalTask | Export-Csv TestDrive:/tasks.csv
        $there = Join-Path (Get-PSDrive TestDrive).Root "$([guid]::NewGuid()).db"
        $null = Import-Journal TestDrive:/tasks.csv -JournalPath $there
        (Get-JournalTask -Key 1 -JournalPath $there).Input.When | Should -Be ([dateonly]::new(2026, 5, 4))
        (Get-JournalTask -Key $PSCommandPath -JournalPath $there).Input | Should -BeOfType IO.FileInfo
    }
}

Describe 'Names that look like patterns' {
    BeforeEach { $null = Use-NewJournal }

    It 'are found by themselves: <What>' -ForEach @(
        @{ What = 'a checkpoint'; Make = { Set-JournalCheckpoint 'q?' 1; Set-JournalCheckpoint qa 2 }; Get = { (Get-JournalCheckpoint 'q?').Value } ; Is = 1 }
        @{ What = 'a key'; Make = { $null = 'take[2].wav', 'take2.wav' | Start-JournalBatch wav }; Get = { (Get-JournalTask -Key 'take[2].wav').Key }; Is = 'take[2].wav' }
        @{ What = 'metadata'; Make = { $b = 'a', 'b' | Start-JournalBatch m; Get-JournalTask $b -Key a | Set-JournalTask -Metadata @{ n = 'x[1]' }; Get-JournalTask $b -Key b | Set-JournalTask -Metadata @{ n = 'x1' } }; Get = { (Get-JournalTask -Metadata @{ n = 'x[1]' }).Key }; Is = 'a' }
    ) {
        $null = & $Make
        & $Get | Should -Be $Is
    }

    It 'are patterns where nothing is called so, and literal after a backtick' {
        $null = 'take[2].wav', 'take2.wav', 'take3.wav' | Start-JournalBatch wav
        (Get-JournalTask -Key 'take[23].wav').Key | Should -Be 'take2.wav', 'take3.wav'
        (Get-JournalTask -Key 'take`[2`].wav').Key | Should -Be 'take[2].wav'
    }
}

Describe 'A script that throws' {
    BeforeEach { $null = Use-NewJournal }

    It 'fails its input alone, as <_>' -ForEach 'Key', 'Weight', 'Priority', 'Fingerprint' {
        $given = @{ Key = 'Id' }
        $given[$_] = { if ($_.Id -eq 2) { throw 'gone' }; $_.Id }
        $found = Get-ErrorOf { 1..3 | ForEach-Object { [pscustomobject]@{ Id = $_ } } | Invoke-JournalBatch some @given { } }
        @($found) | Should -HaveCount 1
        $found.Message | Should -BeLike '*gone*'
        (Get-JournalTask).Key | Should -Be '1', '3'
    }

    It 'compares all values of a fingerprint, and refuses what is none' {
        [pscustomobject]@{ Id = 1; S = 5 } | Invoke-JournalBatch map -Key Id -Incremental -Fingerprint { @{ Size = $_.S; A = 1 } } { 'first' } | Should -Be first
        [pscustomobject]@{ Id = 1; S = 5 } | Invoke-JournalBatch map -Key Id -Incremental -Fingerprint { @{ A = 1; Size = $_.S } } { 'again' } | Should -BeNullOrEmpty
        [pscustomobject]@{ Id = 1; S = 6 } | Invoke-JournalBatch map -Key Id -Incremental -Fingerprint { @{ Size = $_.S; A = 1 } } { 'again' } | Should -Be again
        (Get-ErrorOf { 'a' | Invoke-JournalBatch file -Incremental -Fingerprint { Get-Item $PSCommandPath } { } }).Id | Should -Be InvalidValue
    }
}
