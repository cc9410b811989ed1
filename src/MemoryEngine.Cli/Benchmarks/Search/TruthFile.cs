using System.Buffers.Binary;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>
/// The true nearest rows of the first queries. <c>.ivecs</c>: for each query how many, then the rows; <c>.ibin</c>: queries and
/// rows for each, then the rows, which their distances may follow. All int32.
/// </summary>
internal static class TruthFile
{
    /// <summary>The nearest <paramref name="k"/> rows of each query that has a truth.</summary>
    public static int[][] Read(string path, int queries, int rows, int k)
    {
        if (Path.GetExtension(path) is not (".ivecs" or ".ibin") || new FileInfo(path).Length > int.MaxValue)
            throw new UsageException($"{path} is no file of true neighbours: it ends in .ivecs or .ibin and has less than 2 GB.");
        var bytes = File.ReadAllBytes(path);
        var truth = Path.GetExtension(path) == ".ivecs" ? Ivecs(path, bytes, k) : Ibin(path, bytes, k);
        if (truth.Length == 0) throw new UsageException($"{path} has no queries.");
        if (truth.Length > queries) throw new UsageException($"{path} has the neighbours of {truth.Length} queries; there are {queries}.");
        for (var i = 0; i < truth.Length; i++)
            foreach (var row in truth[i])
                if ((uint)row >= (uint)rows) throw new UsageException($"{path}: query {i} has the neighbour {row}; there are {rows} vectors.");
        return truth;
    }

    private static int[][] Ivecs(string path, byte[] bytes, int k)
    {
        var width = bytes.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var stride = ((long)width + 1) * sizeof(int);
        if (width < k || bytes.Length % stride != 0) throw DoesNotFit(path, bytes, width, k);
        var truth = new int[bytes.Length / stride][];
        for (var i = 0; i < truth.Length; i++)
        {
            var line = bytes.AsSpan((int)(i * stride));
            if (BinaryPrimitives.ReadInt32LittleEndian(line) != width) throw DoesNotFit(path, bytes, width, k);
            truth[i] = Rows(line[sizeof(int)..], k);
        }
        return truth;
    }

    private static int[][] Ibin(string path, byte[] bytes, int k)
    {
        if (bytes.Length < 2 * sizeof(int)) throw DoesNotFit(path, bytes, 0, k);
        long count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        long width = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(int)));
        var body = bytes.Length - (2 * sizeof(int));
        var expected = count * width * sizeof(int);
        if (count < 0 || width < k || (body != expected && body != 2 * expected)) throw DoesNotFit(path, bytes, width, k);
        var truth = new int[count][];
        for (var i = 0; i < count; i++) truth[i] = Rows(bytes.AsSpan((int)((2 + (i * width)) * sizeof(int))), k);
        return truth;
    }

    private static int[] Rows(ReadOnlySpan<byte> bytes, int k)
    {
        var rows = new int[k];
        for (var i = 0; i < k; i++) rows[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        return rows;
    }

    private static UsageException DoesNotFit(string path, byte[] bytes, long width, int k) => new(
        $"{path} has {bytes.Length} bytes and says {width} neighbours a query: that does not fit, or is fewer than the {k} that are counted.");
}
