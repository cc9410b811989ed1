using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// A finished graph in a file of its own, as docs/format.md describes it. Every byte is under a checksum, and what a checksum
/// cannot know, that links and rows exist, is looked at before the graph is handed out.
/// </summary>
internal static unsafe class GraphFile
{
    public const uint Version = 1;
    public const int BlockBytes = 64 << 10;
    private const int BodyAlignment = 4096;

    /// <summary>A line feed at the end, which a transfer as text would change.</summary>
    private static ReadOnlySpan<byte> Magic => "MEMGRPH\n"u8;

    /// <summary>The bytes that a graph takes in a file.</summary>
    public static long BytesOf(HnswGraph graph)
    {
        using var header = Header(graph);
        var body = BodyBytes(graph);
        return Align(header.Length) + body + ((Blocks(body) + 1) * sizeof(uint));
    }

    /// <summary>Writes a new file and makes it durable.</summary>
    public static long Write(IFileSystem files, string path, HnswGraph graph)
    {
        using var file = files.Open(path, FileOpening.CreateNew);
        using var header = Header(graph);
        var checksums = new List<uint>();
        var block = new byte[BlockBytes];
        var (filled, offset) = (0, Align(header.Length));
        var first = header.Written.ToArray();
        Array.Resize(ref first, (int)offset);
        file.Write(0, first);
        foreach (var part in graph.Parts)
            for (nint at = 0; at < part.Bytes;)
            {
                var count = (int)Math.Min(BlockBytes - filled, part.Bytes - at);
                new ReadOnlySpan<byte>(part.First + at, count).CopyTo(block.AsSpan(filled));
                (filled, at) = (filled + count, at + count);
                if (filled == BlockBytes) Flush();
            }
        if (filled > 0) Flush();
        using var table = new ByteWriter();
        foreach (var checksum in checksums) table.UInt32(checksum);
        table.UInt32(Crc32C.Compute(table.Written));
        file.Write(offset, table.Written);
        file.Sync();
        return offset + table.Length;

        void Flush()
        {
            checksums.Add(Crc32C.Compute(block.AsSpan(0, filled)));
            file.Write(offset, block.AsSpan(0, filled));
            (offset, filled) = (offset + filled, 0);
        }
    }

    /// <summary>Reads a file into memory and checks all of it.</summary>
    /// <exception cref="CorruptionException">The file is not what was written.</exception>
    public static HnswGraph Read(IFileSystem files, string path, Action<nint, nint>? advise)
    {
        using var file = files.Open(path, FileOpening.Read);
        var (shape, coder, offset) = GraphHeader.Read(file, Magic, Version);
        var body = shape.NodeBytes + shape.UpperBytes + shape.RowBytes;
        offset = Align(offset);
        var length = offset + body + ((Blocks(body) + 1) * sizeof(uint));
        if (file.Length != length) throw new CorruptionException(path, file.Length, $"{length} bytes", $"{file.Length} bytes");
        var table = new byte[length - offset - body];
        file.Read(offset + body, table);
        var sums = new ByteReader(table);
        var computed = Crc32C.Compute(table.AsSpan(0, table.Length - sizeof(uint)));
        var graph = new HnswGraph(shape, coder, advise);
        try
        {
            FillBody(file, offset, graph, ref sums);
            Expect(file.Path, offset + body, sums.UInt32(), computed);
            if (GraphCheck.Problem(graph) is { } problem) throw new CorruptionException(path, offset, "a whole graph", problem);
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>Blocks go over the borders between the parts, as the bytes do.</summary>
    private static void FillBody(IFile file, long start, HnswGraph graph, ref ByteReader sums)
    {
        var (offset, checksum, filled) = (start, 0u, 0);
        foreach (var part in graph.Parts)
            for (nint at = 0; at < part.Bytes;)
            {
                var count = (int)Math.Min(BlockBytes - filled, part.Bytes - at);
                var target = new Span<byte>(part.First + at, count);
                file.Read(offset + filled, target);
                checksum = Crc32C.Append(checksum, target);
                (filled, at) = (filled + count, at + count);
                if (filled < BlockBytes) continue;
                Expect(file.Path, offset, sums.UInt32(), checksum);
                (offset, checksum, filled) = (offset + filled, 0, 0);
            }
        if (filled > 0) Expect(file.Path, offset, sums.UInt32(), checksum);
    }

    private static void Expect(string path, long offset, uint expected, uint found)
    {
        if (expected != found) throw new CorruptionException(path, offset, $"checksum {expected:x8}", $"{found:x8}");
    }

    private static ByteWriter Header(HnswGraph graph) => GraphHeader.Write(graph, Magic, Version);

    private static long BodyBytes(HnswGraph graph) => graph.Parts.Sum(p => (long)p.Bytes);

    private static long Blocks(long body) => (body + BlockBytes - 1) / BlockBytes;

    private static long Align(long bytes) => (bytes + BodyAlignment - 1) / BodyAlignment * BodyAlignment;
}
