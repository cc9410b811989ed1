using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Index;

/// <summary>Asks for memory before it is read. Search waits for memory more than for anything else; on processors without the instruction it waits.</summary>
internal static unsafe class Prefetch
{
    public const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Range(byte* first, int bytes)
    {
        if (!Sse.IsSupported) return;
        for (var at = 0; at < bytes; at += Line) Sse.Prefetch0(first + at);
    }
}
