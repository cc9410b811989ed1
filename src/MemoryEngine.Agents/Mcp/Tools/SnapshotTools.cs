using System.ComponentModel;

namespace MemoryEngine.Agents.Mcp.Tools;

internal sealed record CreateSnapshotArguments
{
    [Description("Its name: 1 to 64 letters, digits, '-', '_' and '.'.")]
    public required string Name { get; init; }
}

internal sealed record SnapshotMade
{
    [Description("Its name.")]
    public required string Name { get; init; }

    [Description("The newest event that counts in it.")]
    public required long Sequence { get; init; }

    [Description("When it was made.")]
    public required DateTimeOffset CreatedAt { get; init; }

    [Description("Active memories in it.")]
    public required long Memories { get; init; }

    public static SnapshotMade Of(SnapshotInfo info) =>
        new() { Name = info.Name, Sequence = info.Sequence, CreatedAt = info.CreatedAt, Memories = info.Memories };
}

internal sealed record RollbackSnapshotArguments
{
    [Description("The snapshot to go back to; memory_stats lists them.")]
    public required string Name { get; init; }
}

internal sealed record RolledBack
{
    [Description("What the pool was rolled back to.")]
    public required string Snapshot { get; init; }

    [Description("The snapshot of the pool as it was before: rolling back to it undoes this.")]
    public required string Undo { get; init; }

    [Description("The event that did it.")]
    public required long Sequence { get; init; }
}

/// <summary>The tools that name what the pool holds, and go back to it.</summary>
internal sealed class SnapshotTools(PoolSession session)
{
    public Task<SnapshotMade> CreateAsync(CreateSnapshotArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Never,
        async (pool, c) => SnapshotMade.Of(await pool.Maintenance.CreateSnapshotAsync(arguments.Name, c).ConfigureAwait(false)), cancellation);

    public Task<RolledBack> RollBackAsync(RollbackSnapshotArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Never, async (pool, c) =>
        {
            var result = await pool.Maintenance.RollBackAsync(arguments.Name, c).ConfigureAwait(false);
            return new RolledBack { Snapshot = result.Snapshot, Undo = result.Undo, Sequence = result.Sequence };
        },
        cancellation);
}
