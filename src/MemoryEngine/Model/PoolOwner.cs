namespace MemoryEngine;

/// <summary>Who owns a pool, or owned it last, as its lock file says.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Machine">Where it runs.</param>
/// <param name="Since">When it became the owner.</param>
/// <param name="Pipe">Where it answers others: a Unix socket's path or a named pipe's name; null when it answers nobody.</param>
public sealed record PoolOwner(int Pid, string Name, string Machine, DateTimeOffset Since, string? Pipe);
