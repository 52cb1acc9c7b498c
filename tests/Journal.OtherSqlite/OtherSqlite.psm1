# A module as others write them: an engine of its own beside it, loaded into the session itself.

Add-Type -Path (Join-Path $PSScriptRoot Microsoft.Data.Sqlite.dll)
Add-Type -Path (Join-Path $PSScriptRoot SQLitePCLRaw.batteries_v2.dll)
[SQLitePCL.Batteries_V2]::Init()

# A connection that stays open until its caller disposes of it.
function Open-OtherSqlite([string] $Path, [switch] $ReadOnly) {
    $builder = [Microsoft.Data.Sqlite.SqliteConnectionStringBuilder]::new()
    $builder.DataSource = $Path
    $builder.Mode = $ReadOnly ? 'ReadOnly' : 'ReadWriteCreate'
    $builder.Pooling = $false
    $connection = [Microsoft.Data.Sqlite.SqliteConnection]::new($builder.ToString())
    $connection.Open()
    $connection
}

# Runs a statement on a path or an open connection, with values for @0, @1, …, and emits its rows.
function Invoke-OtherSqlite($Database, [string] $Sql, [object[]] $Value = @(), [switch] $ReadOnly) {
    $connection = $Database -is [string] ? (Open-OtherSqlite $Database -ReadOnly:$ReadOnly) : $Database
    try {
        $command = $connection.CreateCommand()
        $command.CommandText = $Sql
        for ($i = 0; $i -lt $Value.Count; $i++) { $null = $command.Parameters.AddWithValue("@$i", ($Value[$i] ?? [System.DBNull]::Value)) }
        $reader = $command.ExecuteReader()
        while ($reader.Read()) {
            $row = [ordered]@{}
            for ($i = 0; $i -lt $reader.FieldCount; $i++) { $row[$reader.GetName($i)] = $reader.GetValue($i) }
            [pscustomobject]$row
        }
        $reader.Dispose()
        $command.Dispose()
    }
    finally { if ($Database -is [string]) { $connection.Dispose() } }
}

Export-ModuleMember -Function Open-OtherSqlite, Invoke-OtherSqlite
