namespace MemoryEngine.Architecture.ApiSamples;

/// <summary>A public surface in small, with something of each kind, for <see cref="PublicApiTests"/>.</summary>
public abstract class ApiSample<T> : IDisposable
    where T : Exception
{
    public const string Name = "n";

    protected ApiSample(T value, in int count = 3) => Pair = (count, value.Message);

    public event Action? Changed;

    [Flags]
    public enum Kind : byte
    {
        One = 1,
    }

    public required string Title { get; init; }

    public IReadOnlyList<string?>? List { get; protected set; }

    public (int Count, string? Text) Pair { get; }

    internal int Hidden { get; set; }

    public static int Count(params int[]? numbers) => numbers?.Length ?? 0;

    public virtual void Dispose()
    {
        Changed?.Invoke();
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask<T> Read<S>(Span<byte> buffer, out string? rest)
        where S : IFormattable, new();

    public sealed record Inner(Guid? Id);

    private sealed class Unseen;
}
