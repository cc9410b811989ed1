using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Copies the pool as it is now into a directory.</summary>
internal sealed class BackupCreateVerb : Verb
{
    private readonly Argument<string> _directory = new("DIR") { Description = "A new or empty directory." };

    public BackupCreateVerb(Shell shell)
        : base(shell, "create", "Copies the pool as it is now into a directory, which is then a pool of its own.")
    {
        Add(_directory);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        BackupText.Write(call.Output, await pool.Keeping.BackupAsync(call.Get(_directory), cancellation));
        return ExitCode.Done;
    }
}

/// <summary>Makes a new pool of a backup.</summary>
internal sealed class BackupRestoreVerb : Verb
{
    private readonly Argument<string> _directory = new("DIR") { Description = "The backup." };

    private readonly Option<string> _to = new("--to")
    {
        Description = "A new or empty directory for the pool.",
        HelpName = "DIR",
        Required = true,
    };

    public BackupRestoreVerb(Shell shell)
        : base(shell, "restore", "Makes a new pool of a backup, verifying all of it.")
    {
        Add(_directory);
        Add(_to);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var restored = await MemoryStore.RestoreBackupAsync(call.Get(_directory), call.Get(_to)!, null, cancellation);
        BackupText.Write(call.Output, restored);
        return ExitCode.Done;
    }
}

/// <summary>What the verbs of backups share.</summary>
internal static class BackupText
{
    public static void Write(Output output, BackupInfo backup)
    {
        if (output.IsJson) output.Json(json => WriteFields(json, backup));
        else output.Line($"{backup.Path}  {backup.Memories:N0} memories as of event {backup.Sequence}, {backup.Bytes:N0} bytes");
    }

    private static void WriteFields(Utf8JsonWriter json, BackupInfo backup)
    {
        json.WriteString("path", backup.Path);
        json.WriteNumber("sequence", backup.Sequence);
        json.WriteNumber("memories", backup.Memories);
        json.WriteNumber("bytes", backup.Bytes);
    }
}
