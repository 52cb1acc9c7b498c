# The world in which the examples of the documentation run: a home folder with photos and lists, and a journal in which something has happened.

Import-Module $PSScriptRoot/TestSupport.psm1

$folder = $null
$homeOfUser = (Get-PSProvider FileSystem).Home
$variables = @{ HOME = $env:HOME; PSModulePath = $env:PSModulePath }

# Makes the folder and the journal, once; every example then gets copies of its own.
function New-DocumentedHome([string] $Path) {
    $script:folder = $Path
    $null = New-Item -ItemType Directory -Force "$Path/home/Photos/2023", "$Path/home/Photos/2024", "$Path/home/archive"
    foreach ($number in 1..12) {
        Set-Content "$Path/home/Photos/202$(3 + $number % 2)/IMG_$('{0:d4}' -f $number).jpg" ('x' * $number * 100)
    }
    Set-Content "$Path/home/urls.txt" '# pages to fetch', 'https://example.com/a', '', 'https://example.com/b', 'https://example.com/c'
    Set-Content "$Path/home/servers.txt" (1..6 | ForEach-Object { 'srv-{0:d2}' -f $_ })

    $null = Use-NewJournal
    Push-Location "$Path/home"
    try {
        $null = Start-JournalBatch ping-servers -InputFile ./servers.txt
        Get-ChildItem ./Photos -Recurse -File | Sort-Object Name | Invoke-JournalBatch import-photos -Key FullName -MaxRetries 0 -ErrorAction Ignore {
            $JournalTask.SetMetadata('camera', ($_.Length % 200 -gt 100 ? 'X100V' : 'Pixel 8'))
            if ($_.Name -eq 'IMG_0003.jpg') { Write-JournalError "The photo '$_' is empty" -Category InvalidInput }
            if ($_.Name -eq 'IMG_0007.jpg') { Write-JournalError "No answer from '10.0.0.7' after 30 s" -Category NetworkError }
        } | Out-Null
        $podcast = 1..5 | ForEach-Object { "episode-$_" } | Start-JournalBatch podcast -Stage Download, Convert, Upload -QuotaLimit 100
        foreach ($done in 1..7) { Request-JournalTask $podcast | Complete-JournalTask -Quota 5 }
        $null = Suspend-JournalBatch $podcast 'Quota exhausted' -Until ([datetimeoffset]::Now.AddHours(4))
        Set-JournalCheckpoint scan @{ page = 3; cursor = 'abc' }
        $null = Backup-Journal "$Path/pristine.db"
    }
    finally { Pop-Location }
    Rename-Item "$Path/home" pristine
    # For scripts that import the module by its name.
    $null = New-Item -ItemType SymbolicLink "$Path/modules/Journal" -Target (Split-Path (Get-ModulePath)) -Force
    Clear-JournalSetting
}

# Enters the home folder as a session of its user would find it, with the journal as it was made.
function Enter-DocumentedHome {
    Disconnect-Journal
    Remove-Item "$folder/home", "$folder/journal.db*" -Recurse -Force -ErrorAction Ignore
    Copy-Item "$folder/pristine" "$folder/home" -Recurse
    Copy-Item "$folder/pristine.db" "$folder/journal.db"
    $env:JOURNAL_PATH = "$folder/journal.db"
    $env:JOURNAL_DURABILITY = 'Normal'
    $env:PSModulePath = "$folder/modules"
    $env:HOME = (Get-PSProvider FileSystem).Home = "$folder/home"
    Set-Location "$folder/home"
}

function Exit-DocumentedHome {
    (Get-PSProvider FileSystem).Home = $homeOfUser
    foreach ($name in $variables.Keys) { Set-Item "env:$name" $variables[$name] }
    Clear-JournalSetting
    Remove-Item "$folder/home", "$folder/journal.db*" -Recurse -Force -ErrorAction Ignore
}

# The blocks of PowerShell in a Markdown document that are meant to run; ```powershell notest is not.
function Get-DocumentedCode([string] $Path) {
    $heading = ''
    $code = $null
    foreach ($line in Get-Content -LiteralPath $Path) {
        if ($null -eq $code -and $line -match '^#+ (.*)') { $heading = $Matches[1] }
        elseif ($line -eq '```powershell') { $code = [System.Collections.Generic.List[string]]::new() }
        elseif ($line -eq '```' -and $null -ne $code) {
            [pscustomobject]@{ Heading = $heading; Code = $code -join "`n" }
            $code = $null
        }
        elseif ($null -ne $code) { $code.Add($line) }
    }
}
