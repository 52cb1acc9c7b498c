using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Journal.Commands.Running;

/// <summary>The pipeline of a cmdlet as the streams of its run.</summary>
internal sealed class CmdletStreams(PSCmdlet cmdlet) : IRunStreams
{
    // Asked on the pipeline's thread.
    private readonly bool _warns = Warns(cmdlet);

    /// <inheritdoc/>
    public bool IsStopping => cmdlet.Stopping;

    /// <inheritdoc/>
    public void WriteObject(object? item) => cmdlet.WriteObject(item);

    /// <inheritdoc/>
    public void WriteError(ErrorRecord error) => cmdlet.WriteError(error);

    /// <inheritdoc/>
    public void WriteWarning(string text) => cmdlet.WriteWarning(text);

    /// <inheritdoc/>
    public void WriteVerbose(string text) => cmdlet.WriteVerbose(text);

    /// <inheritdoc/>
    public void WriteInformation(object line, string[] tags) => cmdlet.WriteInformation(line, tags);

    /// <inheritdoc/>
    public void WriteProgress(ProgressRecord progress) => cmdlet.WriteProgress(progress);

    /// <inheritdoc/>
    public void TellHost(string warning)
    {
        if (_warns) cmdlet.Host?.UI?.WriteWarningLine(warning);
    }

    /// <summary>Whether a record can be written while another pipeline of the session runs inside the cmdlet's.</summary>
    public bool CanWriteInside(object record) => record switch
    {
        ErrorRecord error when ErrorOutputTail.IsErrorOutput(error) => false,
        ErrorRecord => StopsAtNoError,
        VerboseRecord => !IsSilent("Verbose"),
        DebugRecord => !IsSilent("Debug"),
        _ => true,
    };

    /// <inheritdoc/>
    public void WriteSaid(object record, string? key)
    {
        switch (record)
        {
            case ErrorRecord error when ErrorOutputTail.IsErrorOutput(error): WriteErrorOutput(ErrorOutputTail.Line(error, key)); break;
            case ErrorRecord error: WriteSaidError(error); break;
            case WarningRecord warning: cmdlet.WriteWarning(warning.Message); break;
            // What a block says with -Verbose or -Debug of its own is shown, whatever the caller prefers, as in the caller's session.
            case VerboseRecord verbose when IsSilent("Verbose"): Say("Write-Verbose $args[0] -Verbose", verbose.Message); break;
            case VerboseRecord verbose: cmdlet.WriteVerbose(verbose.Message); break;
            case DebugRecord debug when IsSilent("Debug"): Say("Write-Debug $args[0] -Debug", debug.Message); break;
            case DebugRecord debug: cmdlet.WriteDebug(debug.Message); break;
            case InformationRecord information: cmdlet.WriteInformation(information); break;
        }
    }

    private bool StopsAtNoError => Preference("ErrorAction") is ActionPreference.Continue or ActionPreference.SilentlyContinue or ActionPreference.Ignore;

    // An error that a block let pass (-ErrorAction Continue) is none of the run's: the caller's preference Stop does not stop the run at it.
    private void WriteSaidError(ErrorRecord error)
    {
        if (StopsAtNoError) cmdlet.WriteError(error);
        else Say("Write-Error -ErrorRecord $args[0] -ErrorAction Continue", error);
    }

    // To the error stream, so that it can be redirected, in the form in which PowerShell itself shows what programs say; and no error: not in $Error, and
    // nothing that the caller's preference stops at.
    private void WriteErrorOutput(ErrorRecord record)
    {
        var errors = cmdlet.SessionState.PSVariable.GetValue("global:Error") as ArrayList;
        var before = errors is { Count: > 0 } ? errors[0] : null;
        // Written by the cmdlet itself, it would be shown as an error of the cmdlet.
        Say("Write-Error -ErrorRecord $args[0] -ErrorAction Continue", record);
        while (errors is { Count: > 0 } && !ReferenceEquals(errors[0], before) && errors[0] is ErrorRecord { FullyQualifiedErrorId: var id } && id.StartsWith("NativeCommandErrorMessage", StringComparison.Ordinal)) errors.RemoveAt(0);
    }

    private void Say(string script, object value) => cmdlet.InvokeCommand.InvokeScript(script, useNewScope: true, PipelineResultTypes.Error, null, value);

    private bool IsSilent(string stream) => Preference(stream) is ActionPreference.SilentlyContinue or ActionPreference.Ignore;

    // What the cmdlet does with a record: its own parameter, else the preference of the session.
    private ActionPreference Preference(string parameter)
    {
        if (cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var given))
        {
            if (given is ActionPreference preference) return preference;
            if (given is SwitchParameter { IsPresent: true }) return ActionPreference.Continue;
            if (given is SwitchParameter) return ActionPreference.SilentlyContinue;
        }

        var name = parameter is "ErrorAction" ? "ErrorActionPreference" : parameter + "Preference";
        return LanguagePrimitives.TryConvertTo<ActionPreference>(cmdlet.SessionState.PSVariable.GetValue(name), out var ofSession) ? ofSession : ActionPreference.Continue;
    }

    // What -WarningAction, or the preference, says of warnings.
    private static bool Warns(PSCmdlet cmdlet)
    {
        var preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("WarningAction", out var given) ? given : cmdlet.SessionState.PSVariable.GetValue("WarningPreference");
        return !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action) || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }
}
