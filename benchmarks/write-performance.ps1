# Puts the table of a full run between the two marks of docs/performance.md; the text around it is written by hand.
param([Collections.Generic.List[object]] $Rows)
$file = Join-Path (Split-Path $PSScriptRoot) docs/performance.md
$lines = @(
    'Measured {0:yyyy-MM-dd} on {1} with {2} processors, PowerShell {3}, .NET {4}.' -f [datetime]::UtcNow, [Runtime.InteropServices.RuntimeInformation]::OSDescription.Trim(), [Environment]::ProcessorCount, $PSVersionTable.PSVersion, [Environment]::Version
    ''
    '| what | N | ours | beside | figure | goal | met |'
    '|---|---:|---:|---:|---:|---|---|'
    foreach ($row in $Rows) { '| {0} | {1:n0} | {2} | {3} | {4} | {5} | {6} |' -f $row.What.Trim(), $row.N, $row.Ours, $row.Beside, $row.Figure, ($row.Goal -replace '<', '&lt;' -replace '>', '&gt;'), $row.Met }
)
$text = Get-Content -Raw $file
$table = "<!-- table -->`n" + ($lines -join "`n") + "`n<!-- /table -->"
[regex]::new('(?s)<!-- table -->.*<!-- /table -->').Replace($text, $table.Replace('$', '$$'), 1) | Set-Content $file -NoNewline
