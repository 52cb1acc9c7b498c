using System.Management.Automation;

namespace Journal.Commands.Running;

/// <summary>Where a run writes: the pipeline of the cmdlet that runs it, or the streams of a job. To be called on the thread of the run, but for <see cref="TellHost"/>.</summary>
internal interface IRunStreams
{
    /// <summary>Whether whoever reads has told the run to stop.</summary>
    bool IsStopping { get; }

    /// <summary>Emits an object as it is.</summary>
    void WriteObject(object? item);

    /// <summary>An error that ends nothing.</summary>
    void WriteError(ErrorRecord error);

    /// <summary>A warning of the run.</summary>
    void WriteWarning(string text);

    /// <summary>What only those want to know who ask for more.</summary>
    void WriteVerbose(string text);

    /// <summary>A line for a log.</summary>
    void WriteInformation(object line, string[] tags);

    /// <summary>A progress bar.</summary>
    void WriteProgress(ProgressRecord progress);

    /// <summary>Passes on what a script block said.</summary>
    /// <param name="record">An error, warning, verbose, debug or information record.</param>
    /// <param name="key">The task's key, told where the output of programs is interleaved; else null.</param>
    void WriteSaid(object record, string? key);

    /// <summary>Shows a warning where the streams take nothing any more. Any thread may call.</summary>
    void TellHost(string warning);
}
