using System.Runtime.CompilerServices;

namespace Journal;

/// <summary>Every error the journal can raise, each with its text. The name of a method is the error's id.</summary>
public static partial class JournalErrors
{
    // The journal itself -----------------------------------------------------------------------------------------

    /// <summary>A read of a journal that does not exist: reading never creates one.</summary>
    public static JournalException JournalNotFound(string path) =>
        Make(JournalFault.ObjectNotFound, path, $"There is no journal at '{path}'. Start-JournalBatch and Invoke-JournalBatch create one.");

    /// <summary>The file or its directory cannot be read or written.</summary>
    public static JournalException JournalAccessDenied(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.PermissionDenied, path, $"The journal '{path}' cannot be opened: {detail}", inner);

    /// <summary>The file is something else.</summary>
    public static JournalException NotAJournal(string path, string detail) =>
        Make(JournalFault.InvalidData, path, $"'{path}' is not a journal ({detail}). It was left as it is.");

    /// <summary>The file is damaged.</summary>
    public static JournalException JournalCorrupt(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.InvalidData, path,
            $"The journal '{path}' is damaged ({detail}). See what is wrong with: Test-Journal '{path}'; set it aside and save what can be read with: Repair-Journal '{path}'.", inner);

    /// <summary>A newer version of the module wrote it.</summary>
    public static JournalException JournalTooNew(string path, long schema, long known) =>
        Make(JournalFault.NotImplemented, path,
            $"The journal '{path}' has schema {schema}; this version of the module knows up to {known}. Update the module. The file was not touched.");

    /// <summary>Another process holds the journal's lock for longer than we wait.</summary>
    public static JournalException JournalBusy(string path, TimeSpan waited, Exception? inner = null) =>
        Make(JournalFault.ResourceBusy, path, $"The journal '{path}' stayed locked by another process for {waited.TotalSeconds:0.#} s.", inner);

    /// <summary>Somebody works with the journal that was to be repaired or replaced.</summary>
    public static JournalException JournalInUse(string path, string detail) =>
        Make(JournalFault.ResourceBusy, path, $"The journal '{path}' is in use: {detail}. End that first, or use -Force. Nothing was changed.");

    /// <summary>Another process repairs, restores or makes the journal.</summary>
    public static JournalException CareUnderWay(string path, string who) =>
        Make(JournalFault.ResourceBusy, path, $"Another process is at the journal '{path}': {who}. Nothing was changed.");

    /// <summary>The file that is open is not, or not alone, what the journal's name means any more.</summary>
    public static JournalException JournalReplaced(string path, string detail) =>
        Make(JournalFault.InvalidOperation, path, $"The file of the journal '{path}' is not what it was when it was opened: {detail}. Nothing more is written to it; run the line again to go on with what is there now.");

    /// <summary>The disk is full, or failed.</summary>
    public static JournalException JournalWriteFailed(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.ResourceUnavailable, path, $"The journal '{path}' could not be written: {detail} Nothing was changed.", inner);

    /// <summary>The module was upgraded while an older one's code is loaded, which a process can never unload.</summary>
    public static JournalException RestartRequired(string module, string loaded, string installed) =>
        Make(JournalFault.InvalidOperation, module, $"The module Journal is {installed} now, but this session has loaded {loaded} and cannot exchange it: restart PowerShell.");

    /// <summary>The native library of an engine cannot be used on this system.</summary>
    /// <param name="file">The library's file.</param>
    /// <param name="said">What the system's loader said.</param>
    /// <param name="needs">A sentence: what it needs.</param>
    /// <param name="inner">The loader's error.</param>
    public static JournalException NativeLibraryNotLoaded(string file, string said, string needs, Exception inner) =>
        Make(JournalFault.ResourceUnavailable, file, $"The native library '{file}' cannot be loaded: {said.TrimEnd('.')}. {needs}", inner);

    /// <summary>The server that keeps the journal does not answer, or went away; what was asked for may be asked again.</summary>
    public static JournalException JournalUnreachable(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.ResourceUnavailable, path, $"The journal '{path}' cannot be reached: {detail}", inner);

    /// <summary>The journal's server is there and does not do this now, which passes by itself: what was asked for may be asked again.</summary>
    public static JournalException JournalNotReady(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.ResourceUnavailable, path, $"The journal '{path}' cannot be used at the moment: {detail}", inner);

    /// <summary>The journal's database keeps text in a way that cannot hold every key.</summary>
    public static JournalException UnsupportedEncoding(string path, string encoding) =>
        Make(JournalFault.InvalidArgument, encoding, $"The journal '{path}' cannot be used: the encoding of its database is {encoding}, which cannot hold every text; it must be UTF8. Make one with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");

    /// <summary>No engine is known for such a location.</summary>
    public static JournalException UnsupportedJournal(string location, string detail) =>
        Make(JournalFault.InvalidArgument, location, $"'{location}' cannot be used as a journal: {detail}");

    // Batches ----------------------------------------------------------------------------------------------------

    /// <summary>No batch has this id.</summary>
    /// <param name="id">The id, or the name that was given for one.</param>
    /// <param name="hint">A sentence: what can be done.</param>
    public static JournalException BatchNotFound(string id, string? hint = null) =>
        Make(JournalFault.ObjectNotFound, id, $"There is no batch '{id}' in this journal." + (hint is null ? "" : " " + hint));

    /// <summary>No batch has this name.</summary>
    public static JournalException BatchNameNotFound(string name) =>
        Make(JournalFault.ObjectNotFound, name, $"There is no batch named '{name}' in this journal.");

    /// <summary>-Resume where nothing is resumable.</summary>
    public static JournalException NothingToResume(string name, string detail) =>
        Make(JournalFault.ObjectNotFound, name, $"Nothing to resume for '{name}': {detail}");

    /// <summary>A comparison with the previous batch where there is none.</summary>
    public static JournalException NoEarlierBatch(string batchId, string name) =>
        Make(JournalFault.ObjectNotFound, batchId, $"There is no batch named '{name}' before '{batchId}' to compare it with.");

    /// <summary>A name that cannot name a batch.</summary>
    public static JournalException InvalidBatchName(string name, string detail) =>
        Make(JournalFault.InvalidArgument, name, $"'{Shorten(name)}' cannot name a batch: {detail}");

    /// <summary>A text that is no rate limit.</summary>
    public static JournalException InvalidRateLimit(string text) =>
        Make(JournalFault.InvalidArgument, text, $"'{Shorten(text)}' is not a rate limit. Give a count and a span of time: 600/1m, 10/s, 5000/1d; 600/1m+50 lets 50 start at once.");

    /// <summary>A line finds the keys of limits in another way than its batch does.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="was">How it finds them; null where it has none.</param>
    /// <param name="wanted">How the line does; null where it does not say.</param>
    /// <param name="instead">A sentence: what to do for other keys.</param>
    public static JournalException LimitByChanged(string batchId, string? was, string? wanted, string instead) =>
        Make(JournalFault.InvalidOperation, batchId, was is null
            ? $"Batch '{batchId}' began without -LimitBy, and its tasks have no keys for limits ('{wanted}'). {instead}"
            : $"Batch '{batchId}' limits by '{was}'{(wanted is null ? ": give -LimitBy so that the inputs have their keys" : $", not by '{wanted}'")}. {instead}");

    /// <summary>A text that does not say when a quota is renewed.</summary>
    public static JournalException InvalidQuotaReset(string text) =>
        Make(JournalFault.InvalidArgument, text, $"'{Shorten(text)}' does not say when the quota is renewed. Give a period from a second to 366 days (1.00:00:00, 24h, 30d), or a time of day with its zone ('00:00 America/Los_Angeles', '06:00 local', '00:00 UTC').");

    /// <summary>A project that the quota of a batch does not name.</summary>
    public static JournalException UnknownQuotaProject(string batchId, string project, IEnumerable<string> projects) =>
        Make(JournalFault.InvalidArgument, project, $"The quota of batch '{batchId}' has no limit for the project '{Shorten(project)}'. Its projects are: {Join(projects)}. Set-JournalBatch -QuotaLimit gives others.");

    /// <summary>A quota by project that is none.</summary>
    public static JournalException InvalidQuotaLimit(object? value, string detail) =>
        Make(JournalFault.InvalidArgument, value, $"This cannot be a quota limit: {detail} Give a number of units from 0 up for the whole batch, or a hashtable of them by project: @{{ projectA = 10000; projectB = 5000 }}.");

    /// <summary>A task whose start costs nothing, or more than the rate limit ever allows.</summary>
    public static JournalException InvalidCost(string key, double cost, RateLimit? limit) =>
        Make(JournalFault.InvalidArgument, cost, FormattableString.Invariant($"Task '{Shorten(key)}' cannot cost {cost}: ")
            + (cost > 0 && limit is not null ? $"the rate limit is {limit}, so it could never start." : "a cost is a number above 0."));

    /// <summary>The inputs come from somewhere else, or look different, than when the batch began.</summary>
    public static JournalException InputSourceChanged(string batchId, string difference) =>
        Make(JournalFault.InvalidOperation, batchId,
            $"The input of batch '{batchId}' is not what it began with: {difference}. Use -New for a new batch, or -Force to run this one all over with the new input.");

    /// <summary>The settings differ from those the batch began with.</summary>
    public static JournalException SettingChanged(string batchId, string difference) =>
        Make(JournalFault.InvalidOperation, batchId,
            $"The settings of batch '{batchId}' are not those it began with: {difference}. Use -New for a new batch, or -Force to run this one all over with the new settings.");

    /// <summary>A move that the batch's status does not allow.</summary>
    public static JournalException IllegalBatchMove(string batchId, JournalBatchStatus from, string move) =>
        Make(JournalFault.InvalidOperation, batchId, $"Batch '{batchId}' is {from}; it cannot be {move}.");

    /// <summary>A block waits until no task of its own batch is in progress.</summary>
    public static JournalException WaitsForItself(string batchId, string key) =>
        Make(JournalFault.InvalidOperation, batchId, $"Suspend-JournalBatch -Wait in the block of the task '{Shorten(key)}' of batch '{batchId}' would wait for that task itself. Nothing was changed. Leave out -Wait: the run pauses when the block has ended.");

    /// <summary>The batch has work in flight, and removing it would pull it from under a living worker.</summary>
    public static JournalException BatchInUse(string batchId, long inProgress) =>
        Make(JournalFault.ResourceBusy, batchId,
            $"Batch '{batchId}' has {Amount.Of(inProgress, "task")} in progress under a living worker. Stop-JournalBatch '{batchId}' first, or use -Force.");

    /// <summary>A stage that the batch does not have.</summary>
    public static JournalException StageNotFound(string batchId, string stage, IEnumerable<string> stages) =>
        Make(JournalFault.ObjectNotFound, stage, $"Batch '{batchId}' has no stage '{stage}'. Its stages are: {Join(stages)}.");

    /// <summary>The stages differ from those the batch began with.</summary>
    public static JournalException StagesChanged(string batchId, IEnumerable<string> was, IEnumerable<string> now) =>
        Make(JournalFault.InvalidOperation, batchId,
            $"Batch '{batchId}' began with the stages {Join(was)}; now they are {Join(now)}. Use -New for a new batch.");

    /// <summary>Stage names must be given, non-empty and different.</summary>
    public static JournalException InvalidStages(string detail, object? value = null) =>
        Make(JournalFault.InvalidArgument, value, $"These stages cannot be used: {detail}");

    // Tasks ------------------------------------------------------------------------------------------------------

    /// <summary>No task has this id.</summary>
    public static JournalException TaskNotFound(long id) =>
        Make(JournalFault.ObjectNotFound, id, $"There is no task {id} in this journal.");

    /// <summary>No task of the batch has this key.</summary>
    public static JournalException TaskKeyNotFound(string batchId, string key) =>
        Make(JournalFault.ObjectNotFound, key, $"Batch '{batchId}' has no task with the key '{Shorten(key)}'.");

    /// <summary>A move that the table of moves does not have.</summary>
    public static JournalException IllegalMove(long taskId, JournalTaskStatus from, JournalTaskStatus to, string move) =>
        Make(JournalFault.InvalidOperation, taskId, $"Task {taskId} is {from}; '{move}' to {to} is not a legal move. Nothing was changed.");

    /// <summary>A worker completes a task with the target id of another task of its batch.</summary>
    public static JournalException TargetTaken(string targetId, string key, string other) =>
        Make(JournalFault.ResourceExists, targetId,
            $"'{Shorten(key)}' cannot be completed with the target id '{Shorten(targetId)}', which is that of '{Shorten(other)}' of the same batch. Nothing was changed. If the work was done, complete the task with the id that is its own, or without one.");

    /// <summary>A task that was asked for by its id cannot be claimed, or not in the time that was given.</summary>
    public static JournalException TaskNotClaimed(long taskId, string detail) =>
        Make(JournalFault.ResourceBusy, taskId, $"Task {taskId} was not claimed: {detail}");

    /// <summary>The worker no longer holds the task.</summary>
    public static JournalException LeaseLost(long taskId, long? token) =>
        Make(JournalFault.ResourceBusy, taskId,
            $"The lease on task {taskId}{(token is { } t ? $" (token {t})" : "")} is no longer this worker's: the task was recovered, ended or given to somebody else. What this worker reports for it is not recorded.");

    /// <summary>An input from which no key can be made.</summary>
    public static JournalException KeyMissing(object? input, string detail) =>
        Make(JournalFault.InvalidArgument, input, $"An input has no key: {detail}");

    /// <summary>Inputs that cannot be taken for a reason that was told of another one.</summary>
    public static JournalException MoreInputsRefused(long count, JournalException told) =>
        Make(JournalFault.InvalidArgument, count, $"{Amount.Of(count, "more input")} {(count == 1 ? "is" : "are")} left out for the same reason. {told.Message}", id: told.ErrorId);

    /// <summary>A key that is too long to be stored and indexed well.</summary>
    public static JournalException InvalidKey(string key, string detail) =>
        Make(JournalFault.InvalidArgument, key, $"'{Shorten(key)}' cannot be a key: {detail}");

    /// <summary>Secrets do not belong in a journal.</summary>
    public static JournalException SecretRefused(string what, string type) =>
        Make(JournalFault.InvalidArgument, what, $"{what} holds a {type}. A journal keeps no credentials; pass them to the script with $using: or from a secret store.");

    /// <summary>A value that cannot be kept: too deep, too large, or an object that cannot be read.</summary>
    public static JournalException ValueNotKept(string what, string detail, Exception? inner = null) =>
        Make(JournalFault.InvalidArgument, what, $"{what} cannot be kept in a journal: {detail}", inner);

    /// <summary>Text in the journal that is not the JSON it should be: the file is damaged, or something else wrote it.</summary>
    public static JournalException UnreadableJson(string json, string detail, Exception? inner = null) =>
        Make(JournalFault.InvalidData, json, $"The journal holds '{Shorten(json)}' where JSON should be ({detail}). See what else is wrong with Test-Journal; Repair-Journal saves what can be read.", inner);

    /// <summary>A value that JSON cannot hold.</summary>
    public static JournalException InvalidValue(string what, object? value, string detail) =>
        Make(JournalFault.InvalidArgument, value, $"{what}: {detail}");

    // Files ------------------------------------------------------------------------------------------------------

    /// <summary>The input file is not there.</summary>
    public static JournalException InputFileNotFound(string path) =>
        Make(JournalFault.ObjectNotFound, path, $"There is no input file '{path}'.");

    /// <summary>The input file cannot be read.</summary>
    public static JournalException InputFileUnreadable(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.PermissionDenied, path, $"The input file '{path}' cannot be read: {detail}", inner);

    /// <summary>The input file holds no input.</summary>
    public static JournalException InputFileEmpty(string path) =>
        Make(JournalFault.InvalidData, path, $"The input file '{path}' has no inputs (blank lines and lines that start with # do not count).");

    /// <summary>A file that was to be deleted is still there.</summary>
    public static JournalException FileNotDeleted(string path, string detail) =>
        Make(JournalFault.PermissionDenied, path, $"The file '{path}' was not deleted: {detail.TrimEnd('.')}.");

    private static JournalException Make(JournalFault fault, object? target, string message, Exception? inner = null, [CallerMemberName] string id = "") =>
        new(id, fault, Terminal.TerminalText.Safe(message), target, inner);

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.DefaultIfEmpty("(none)"));

    private static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "…");
}
