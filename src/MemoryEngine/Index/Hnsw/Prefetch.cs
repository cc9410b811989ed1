using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Index;

/// <summary>
/// Asks for memory before it is read. Search waits for memory more than for anything else; on processors without the
/// instruction it waits.
/// </summary>
/// <remarks>
/// Into the second-level cache: there are more requests under way at once than the first level has buffers for. That was 12 to
/// 20 % more queries a second on MNIST, of four bits.
/// </remarks>
internal static unsafe class Prefetch
{
    public const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Range(byte* first, int bytes)
    {
        if (!Sse.IsSupported) return;
        for (var at = 0; at < bytes; at += Line) Sse.Prefetch1(first + at);
    }
}
