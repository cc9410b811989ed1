namespace MemoryEngine.Testing;

/// <summary>How long a test waits for what another thread or process is about to do.</summary>
public static class Patience
{
    /// <summary>Long past anything but a hang, on a slow machine that has much else to do: only a failing test waits so long.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Waits until a condition holds; false when it never did.</summary>
    public static bool Until(Func<bool> condition) => SpinWait.SpinUntil(condition, Limit);
}
