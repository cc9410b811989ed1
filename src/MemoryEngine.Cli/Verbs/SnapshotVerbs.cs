using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Gives what the pool holds now a name.</summary>
internal sealed class SnapshotCreateVerb : Verb
{
    private readonly Argument<string> _name = SnapshotText.Name();

    public SnapshotCreateVerb(Shell shell)
        : base(shell, "create", "Gives what the pool holds now a name.")
    {
        Add(_name);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var made = await pool.Keeping.CreateSnapshotAsync(call.Get(_name), cancellation);
        if (call.Output.IsJson) call.Output.Json(json => SnapshotText.WriteFields(json, made));
        else call.Output.Line($"{made.Name}  {made.Memories:N0} memories as of event {made.Sequence}");
        return ExitCode.Done;
    }
}

/// <summary>Lists the snapshots, oldest first.</summary>
internal sealed class SnapshotListVerb(Shell shell) : Verb(shell, "list", "Lists the snapshots, oldest first.")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var snapshots = await pool.Keeping.SnapshotsAsync(cancellation);
        if (call.Output.IsJson) call.Output.Json(json => Write(json, snapshots));
        else if (snapshots.Count == 0) call.Output.Line("There are no snapshots. 'memengine snapshot create NAME' makes one.");
        else Show(call.Output, snapshots);
        return ExitCode.Done;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<SnapshotInfo> snapshots)
    {
        json.WriteStartArray("snapshots");
        foreach (var snapshot in snapshots)
        {
            json.WriteStartObject();
            SnapshotText.WriteFields(json, snapshot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Show(Output output, IReadOnlyList<SnapshotInfo> snapshots) => output.Table(
        ["name", "created", "memories", "event"],
        [.. snapshots.Select(s => new[] { s.Name, MemoryText.Time(s.CreatedAt), $"{s.Memories:N0}", $"{s.Sequence}" })]);
}

/// <summary>Takes a snapshot's name away.</summary>
internal sealed class SnapshotDropVerb : Verb
{
    private readonly Argument<string> _name = SnapshotText.Name();

    public SnapshotDropVerb(Shell shell)
        : base(shell, "drop", "Takes a snapshot's name away; what it alone held may be given up by 'compact'.")
    {
        Add(_name);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var name = call.Get(_name);
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        await pool.Keeping.DropSnapshotAsync(name, cancellation);
        if (call.Output.IsJson) call.Output.Json(json => json.WriteString("dropped", name));
        else call.Output.Line($"{name}  dropped");
        return ExitCode.Done;
    }
}

/// <summary>How two snapshots differ, or a snapshot and the present.</summary>
internal sealed class SnapshotDiffVerb : Verb
{
    private readonly Argument<string> _earlier = SnapshotText.Name("A");

    private readonly Argument<string?> _later = new("B")
    {
        Description = "Another snapshot; the pool as it is now when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public SnapshotDiffVerb(Shell shell)
        : base(shell, "diff", "Shows how two snapshots differ, or a snapshot and the present.")
    {
        Add(_earlier);
        Add(_later);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var diff = await pool.Keeping.DiffAsync(call.Get(_earlier), call.Get(_later), cancellation);
        (string Name, IReadOnlyList<Guid> Ids)[] parts =
            [("added", diff.Added), ("revised", diff.Revised), ("removed", diff.Removed), ("changed", diff.Changed)];
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                foreach (var (name, ids) in parts) WriteIds(json, name, ids);
            });
            return ExitCode.Done;
        }
        foreach (var (name, ids) in parts)
            foreach (var id in ids) call.Output.Line($"{name,-8} {id}");
        call.Output.Line(string.Join(", ", parts.Select(p => $"{p.Ids.Count:N0} {p.Name}")));
        return ExitCode.Done;
    }

    private static void WriteIds(Utf8JsonWriter json, string name, IReadOnlyList<Guid> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) json.WriteStringValue(id);
        json.WriteEndArray();
    }
}

/// <summary>Makes the pool what it was when a snapshot was made.</summary>
internal sealed class SnapshotRollbackVerb : Verb
{
    private readonly Argument<string> _name = SnapshotText.Name();

    public SnapshotRollbackVerb(Shell shell)
        : base(shell, "rollback", "Makes the pool what it was when a snapshot was made; what was before gets a name, to undo it.")
    {
        Add(_name);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var result = await pool.Keeping.RollBackAsync(call.Get(_name), cancellation);
        var memories = (await pool.Store.StatsAsync(cancellation)).Memories;
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteString("snapshot", result.Snapshot);
                json.WriteString("undo", result.Undo);
                json.WriteNumber("sequence", result.Sequence);
                json.WriteNumber("memories", memories);
            });
            return ExitCode.Done;
        }
        call.Output.Line($"{result.Snapshot}  {memories:N0} memories");
        call.Output.Line($"  to undo it: memengine snapshot rollback {result.Undo}");
        return ExitCode.Done;
    }
}

/// <summary>What the verbs of snapshots share.</summary>
internal static class SnapshotText
{
    public static Argument<string> Name(string name = "NAME") => new(name) { Description = "The snapshot's name." };

    public static void WriteFields(Utf8JsonWriter json, SnapshotInfo snapshot)
    {
        json.WriteString("name", snapshot.Name);
        json.WriteNumber("sequence", snapshot.Sequence);
        json.WriteNumber("created_us", (snapshot.CreatedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteNumber("memories", snapshot.Memories);
    }
}
