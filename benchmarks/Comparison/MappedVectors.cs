using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>The vectors and queries of a set in one file, mapped: counts, dimension and metric, then floats from byte 4,096 on.</summary>
internal sealed unsafe class MappedVectors : IDisposable
{
    private const int Header = 4096;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public MappedVectors(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* first = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        var sizes = (int*)first;
        First = (float*)(first + Header);
        Rows = new VectorRows(First, sizes[0], sizes[2], (Metric)sizes[3], ask: ReadAhead.Ask);
        Queries = new VectorRows(First + ((nint)sizes[0] * sizes[2]), sizes[1], sizes[2], (Metric)sizes[3]);
    }

    public float* First { get; }

    public VectorRows Rows { get; }

    public VectorRows Queries { get; }

    public static string Write(DataSet set, string directory)
    {
        var path = Path.Combine(directory, $"{set.Name}-{set.Rows.Count}.vectors");
        if (File.Exists(path)) return path;
        using var file = File.Create(path);
        int[] sizes = [set.Rows.Count, set.Queries.Count, set.Rows.Dimension, (int)set.Rows.Metric];
        file.Write(MemoryMarshal.AsBytes<int>(sizes));
        file.Position = Header;
        for (var row = 0; row < set.Rows.Count; row++) file.Write(MemoryMarshal.AsBytes(set.Rows.Span(row)));
        for (var row = 0; row < set.Queries.Count; row++) file.Write(MemoryMarshal.AsBytes(set.Queries.Span(row)));
        file.Flush(flushToDisk: true);
        return path;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
