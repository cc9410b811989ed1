using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// Builds the shim around hnswlib and FAISS for this processor, and loads it. hnswlib is all headers; of FAISS, whose library
/// Debian builds for any x86-64, the files that searches spend their time in can be built along, from the source package.
/// </summary>
internal sealed unsafe class PeerLibrary
{
    private readonly delegate* unmanaged<int, float*, long, int, int, int, int, byte*, nint> _build;
    private readonly delegate* unmanaged<nint, float*, long, int, int, int, long*, void> _search;
    private readonly delegate* unmanaged<nint, long> _bytes;

    private PeerLibrary(nint library)
    {
        _build = (delegate* unmanaged<int, float*, long, int, int, int, int, byte*, nint>)NativeLibrary.GetExport(library, "peer_build");
        _search = (delegate* unmanaged<nint, float*, long, int, int, int, long*, void>)NativeLibrary.GetExport(library, "peer_search");
        _bytes = (delegate* unmanaged<nint, long>)NativeLibrary.GetExport(library, "peer_bytes");
    }

    // All that HNSW and its two storages run; what they call besides comes from the library, which finds these first.
    private static readonly string[] FaissFiles =
    [
        "Index", "IndexFlat", "IndexFlatCodes", "IndexHNSW", "IndexScalarQuantizer",
        "impl/HNSW", "impl/ScalarQuantizer", "utils/distances", "utils/distances_simd",
    ];

    /// <param name="faissSource">FAISS's unpacked source, of the version that is installed; without it only its library is used.</param>
    public static PeerLibrary Load(string? faissSource = null)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "peer");
        var source = Path.Combine(directory, "peer.cpp");
        var target = Path.Combine(directory, faissSource is null ? "libpeer.so" : "libpeer-faiss.so");
        if (!File.Exists(target) || File.GetLastWriteTimeUtc(target) < File.GetLastWriteTimeUtc(source)) Compile(source, target, faissSource);
        return new PeerLibrary(NativeLibrary.Load(target));
    }

    public nint Build(int kind, float* vectors, long count, int dimension, bool l2, int m, int efConstruction, string? kept)
    {
        var name = Marshal.StringToCoTaskMemUTF8(kept ?? "");
        var peer = _build(kind, vectors, count, dimension, l2 ? 1 : 0, m, efConstruction, (byte*)name);
        Marshal.FreeCoTaskMem(name);
        return peer;
    }

    public void Search(nint peer, float* queries, long count, int dimension, int ef, int k, long* ids) =>
        _search(peer, queries, count, dimension, ef, k, ids);

    public long Bytes(nint peer) => _bytes(peer);

    private static void Compile(string source, string target, string? faissSource)
    {
        string[] own = faissSource is null ? [] : [.. FaissFiles.Select(f => Path.Combine(faissSource, "faiss", f + ".cpp")), "-I" + faissSource];
        string[] arguments =
        [
            "-O3", "-march=native", "-std=c++17", "-fopenmp", "-DFINTEGER=int", "-shared", "-fPIC",
            "-o", target, source, .. own, "-lfaiss", "-lblas",
        ];
        using var compiler = Process.Start("g++", arguments);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException("The shim was not built. On Debian: apt-get install g++ libhnswlib-dev libfaiss-dev libblas-dev.");
    }
}
