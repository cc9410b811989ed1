namespace MemoryEngine;

/// <summary>What a write waits for before it is acknowledged.</summary>
public enum Durability
{
    /// <summary>The bytes are on the device: the write survives a power loss.</summary>
    Device = 0,

    /// <summary>The bytes are with the kernel: the write survives the death of the process, not a power loss.</summary>
    Process = 1,
}
