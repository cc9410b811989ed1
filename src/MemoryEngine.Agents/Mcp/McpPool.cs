namespace MemoryEngine.Agents.Mcp;

/// <summary>A pool as a server has it at the moment: as its owner, or through the pipe of the process that owns it.</summary>
/// <param name="store">The memories.</param>
/// <param name="maintenance">The snapshots.</param>
/// <param name="closing">What is disposed when the server ends, or loses the pool's owner.</param>
/// <param name="isOwner">Whether this process owns the pool.</param>
public sealed class McpPool(IMemoryStore store, IPoolMaintenance maintenance, IAsyncDisposable closing, bool isOwner) : IAsyncDisposable
{
    /// <summary>The memories.</summary>
    public IMemoryStore Store => store;

    /// <summary>The snapshots.</summary>
    public IPoolMaintenance Maintenance => maintenance;

    /// <summary>Whether this process owns the pool.</summary>
    public bool IsOwner => isOwner;

    /// <summary>A pool that this process has open and shares with nobody.</summary>
    public static McpPool Of(MemoryStore store) => new(store, store, store, isOwner: true);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => closing.DisposeAsync();
}
