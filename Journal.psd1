@{
    RootModule           = 'module/bin/Journal.PowerShell.dll'
    ModuleVersion        = '0.4.0'
    GUID                 = '5b0f6a5e-6f0e-4a55-9c1e-2f1b6b0f7a31'
    Author               = 'Journal contributors'
    CompanyName          = 'Journal contributors'
    Copyright            = '(c) Journal contributors. MIT licence.'
    Description          = 'Durable, resumable batches: run a script block over a list of inputs, kill it anywhere, run the same line again. Nothing is lost, nothing done is repeated, and everything about the run can be piped, filtered, measured and exported.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    # Before the types, which name its methods.
    RequiredAssemblies   = @('module/bin/Journal.PowerShell.dll')
    TypesToProcess       = @('module/Journal.Types.ps1xml')
    FormatsToProcess     = @('module/Journal.Format.ps1xml', 'module/JournalTask.Format.ps1xml', 'module/JournalReport.Format.ps1xml', 'module/JournalShapes.Format.ps1xml', 'module/bin/Journal.Lists.Format.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Add-JournalTask'
        'Backup-Journal'
        'Clear-JournalCheckpoint'
        'Complete-JournalTask'
        'Connect-Journal'
        'Copy-Journal'
        'Disconnect-Journal'
        'Export-Journal'
        'Export-JournalMetric'
        'Export-JournalReport'
        'Find-JournalOrphan'
        'Get-Journal'
        'Get-JournalAttempt'
        'Get-JournalBatch'
        'Get-JournalCheckpoint'
        'Get-JournalEvent'
        'Get-JournalResult'
        'Get-JournalTask'
        'Import-Journal'
        'Invoke-JournalBatch'
        'Measure-JournalBatch'
        'Measure-JournalTask'
        'Optimize-Journal'
        'Remove-JournalBatch'
        'Remove-StaleJournalBatch'
        'Repair-Journal'
        'Repair-JournalBatch'
        'Request-JournalTask'
        'Restore-Journal'
        'Resume-JournalBatch'
        'Set-JournalBatch', 'Set-JournalCheckpoint'
        'Set-JournalTask'
        'Skip-JournalTask'
        'Start-JournalBatch'
        'Stop-JournalBatch'
        'Suspend-JournalBatch'
        'Test-Journal'
        'Test-JournalBatch'
        'Update-JournalTask'
        'Write-JournalError'
        'Write-JournalEvent'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('batch', 'journal', 'resume', 'durable', 'checkpoint', 'retry', 'queue', 'workflow', 'progress', 'SQLite', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'CHANGELOG.md, beside this manifest.'
        }
    }
}
