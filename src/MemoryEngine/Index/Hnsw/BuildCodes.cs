using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>The vectors' eight-bit codes in the order of insertion: all that a build compares.</summary>
internal sealed unsafe class BuildCodes : IDisposable
{
    private readonly NativeBlock _block;

    public BuildCodes(VectorRows rows, int[] order, HnswOptions options)
    {
        Coder = VectorCoder.For(rows, 8);
        var stride = (Coder.CodeBytes + sizeof(CodeTail) + Prefetch.Line - 1) & -Prefetch.Line;
        _block = new NativeBlock((nint)order.Length * stride, options.Advise);
        Table = new CodeTable(_block.First, stride, _block.First + stride - sizeof(CodeTail), stride, Coder.CodeBytes);
        var table = Table;
        new Workers(options).Run(order.Length, 256, node =>
            table.Tail(node) = Coder.Encode(rows.Span(order[node]), new Span<byte>(table.Code(node), Coder.CodeBytes)));
    }

    public VectorCoder Coder { get; }

    public CodeTable Table { get; }

    public void Dispose() => _block.Dispose();
}
