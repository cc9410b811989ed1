using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>The first part of a graph's file: its sizes, and what makes a query's code comparable with those in it.</summary>
internal static class GraphHeader
{
    private const int FixedBytes = 44;
    private const int MostLevels = 32;
    private const int MostDimensions = 65_536;

    public static ByteWriter Write(HnswGraph graph, ReadOnlySpan<byte> magic, uint version)
    {
        var (shape, coder) = (graph.Shape, graph.Coder);
        var header = new ByteWriter();
        header.Bytes(magic);
        header.UInt32(version);
        header.UInt32((uint)coder.Metric);
        header.UInt32((uint)shape.Bits);
        header.UInt32((uint)shape.M);
        header.UInt32((uint)shape.Dimension);
        header.UInt32((uint)shape.CodeBytes);
        header.UInt32((uint)shape.Count);
        header.UInt32((uint)shape.NodesOn.Length);
        header.UInt32(BitConverter.SingleToUInt32Bits(coder.Scale));
        for (var level = 1; level < shape.NodesOn.Length; level++) header.UInt32((uint)shape.NodesOn[level]);
        foreach (var component in coder.Centre) header.UInt32(BitConverter.SingleToUInt32Bits(component));
        header.UInt32(Crc32C.Compute(header.Written));
        return header;
    }

    /// <summary>What the header says, and its length.</summary>
    public static (GraphShape Shape, VectorCoder Coder, long Bytes) Read(IFile file, ReadOnlySpan<byte> magic, uint version)
    {
        var start = new byte[FixedBytes];
        if (file.Read(0, start) < FixedBytes || !start.AsSpan(0, magic.Length).SequenceEqual(magic))
            throw new CorruptionException(file.Path, 0, "a graph's header", "something else");
        var reader = new ByteReader(start);
        reader.Bytes(magic.Length);
        var found = reader.UInt32();
        var metric = (Metric)reader.UInt32();
        var (bits, m, dimension) = (reader.UInt32(), reader.UInt32(), reader.UInt32());
        var (codeBytes, count, levels) = (reader.UInt32(), reader.UInt32(), reader.UInt32());
        if (found > version)
        {
            throw new MemoryEngineException(
                ErrorCode.NewerFormat,
                $"{file.Path} has graph format {found}; this version of MemoryEngine reads {version}. Nothing was changed.");
        }
        if (levels is 0 or > MostLevels || dimension is 0 or > MostDimensions || m is < 2 or > 256 || count > int.MaxValue)
            throw new CorruptionException(file.Path, 8, "sizes within limits", $"{levels} levels, {dimension} dimensions, M {m}");
        var header = new byte[FixedBytes + ((levels + dimension) * sizeof(uint))];
        if (file.Read(0, header) < header.Length) throw new CorruptionException(file.Path, file.Length, $"{header.Length} bytes", "the end");
        reader = new ByteReader(header);
        reader.Bytes(FixedBytes - sizeof(uint));
        var scale = BitConverter.UInt32BitsToSingle(reader.UInt32());
        var nodesOn = new int[levels];
        nodesOn[0] = (int)count;
        for (var level = 1; level < levels; level++) nodesOn[level] = (int)reader.UInt32();
        var centre = new float[dimension];
        for (var i = 0; i < dimension; i++) centre[i] = BitConverter.UInt32BitsToSingle(reader.UInt32());
        var (expected, computed) = (reader.UInt32(), Crc32C.Compute(header.AsSpan(0, header.Length - sizeof(uint))));
        if (expected != computed) throw new CorruptionException(file.Path, 0, $"checksum {expected:x8}", $"{computed:x8}");
        if (bits is not (1 or 4 or 8) || !Enum.IsDefined(metric) || !AreFalling(nodesOn))
            throw new CorruptionException(file.Path, 12, "a known metric and code", $"{metric}, {bits} bits");
        var coder = VectorCoder.From((int)bits, centre, scale, metric);
        if (coder.CodeBytes != codeBytes) throw new CorruptionException(file.Path, 28, $"{coder.CodeBytes} bytes a code", $"{codeBytes}");
        return (new GraphShape((int)dimension, (int)bits, (int)codeBytes, (int)m, nodesOn), coder, header.Length);
    }

    private static bool AreFalling(int[] nodesOn)
    {
        for (var level = 1; level < nodesOn.Length; level++)
            if (nodesOn[level] < 0 || nodesOn[level] > nodesOn[level - 1]) return false;
        return true;
    }
}
