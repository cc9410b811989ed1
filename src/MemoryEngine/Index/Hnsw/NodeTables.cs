using System.Runtime.CompilerServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>Where the codes of nodes lie, and the eight bytes that go with each.</summary>
internal readonly unsafe struct CodeTable(byte* codes, nint stride, byte* tails, nint tailStride, int codeBytes)
{
    public int CodeBytes { get; } = codeBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Code(int node) => codes + (node * stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref CodeTail Tail(int node) => ref *(CodeTail*)(tails + (node * tailStride));
}

/// <summary>Where the links of one level lie: a count, then as many node numbers.</summary>
internal readonly unsafe struct LinkTable(byte* first, nint stride)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Of(int node) => (int*)(first + (node * stride));
}
