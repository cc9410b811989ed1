using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Storage;
using MemoryEngine.Testing;
using MemoryEngine.Tests.Index;

namespace MemoryEngine.Tests.Segments;

/// <summary>A graph's file: the same answers after reading it, and no byte of it that may change unnoticed.</summary>
public sealed class GraphFileTests
{
    private const string Path = "/vectors.graph";
    private readonly SimulatedFileSystem _files = new();

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1, 8)]
    [InlineData(3000, 8)]
    [InlineData(3000, 4)]
    [InlineData(3000, 1)]
    public void What_was_written_is_read(int count, int bits)
    {
        var list = TestVectors.Clustered(new Random(TestSeed.Value), count, 20, 30);
        using var vectors = new TestVectors(list, 20, Metric.L2);
        using var written = HnswIndex.Build(vectors.Rows, new HnswOptions { Bits = bits });
        var bytes = GraphFile.Write(_files, Path, written.Graph);
        Assert.Equal(bytes, GraphFile.BytesOf(written.Graph));
        Assert.Equal(bytes, Read().Length);
        using var read = HnswIndex.Over(GraphFile.Read(_files, Path, null), vectors.Rows);
        var (before, after) = (new Hit[10], new Hit[10]);
        for (var i = 0; i < Math.Min(count, 50); i++)
        {
            Assert.Equal(written.Search(list[i], 40, before, out _), read.Search(list[i], 40, after, out _));
            Assert.Equal(before, after);
        }
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_is_noticed()
    {
        using var vectors = new TestVectors(TestVectors.Clustered(new Random(TestSeed.Value), 300, 20, 30), 20, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        GraphFile.Write(_files, Path, index.Graph);
        var whole = Read();
        // The padding behind the header is never read, so nothing there can change an answer.
        var header = 44 + (4 * (index.Graph.Shape.NodesOn.Length + 20));
        for (var at = 0; at < whole.Length; at += at < header ? 1 : 97)
        {
            if (at >= header && at < 4096) continue;
            var changed = whole.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            AssertRefused(changed, $"byte {at}");
        }
        foreach (var length in (int[])[0, 7, 43, 60, 4096, whole.Length - 1]) AssertRefused(whole[..length], $"cut to {length}");
        AssertRefused([.. whole, 0], "one byte more");
    }

    private void AssertRefused(byte[] bytes, string what)
    {
        _files.Delete(Path);
        using (var file = _files.Open(Path, FileOpening.CreateNew)) file.Write(0, bytes);
        var error = Record.Exception(() => GraphFile.Read(_files, Path, null).Dispose());
        Assert.True(error is MemoryEngineException, $"{what}: {error?.ToString() ?? "accepted"}");
    }

    private byte[] Read()
    {
        using var file = _files.Open(Path, FileOpening.Read);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}
