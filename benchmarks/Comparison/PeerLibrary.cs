using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Builds the shim around hnswlib and FAISS for this processor, and loads it.</summary>
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

    public static PeerLibrary Load()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "peer", "peer.cpp");
        var target = Path.Combine(AppContext.BaseDirectory, "peer", "libpeer.so");
        if (!File.Exists(target) || File.GetLastWriteTimeUtc(target) < File.GetLastWriteTimeUtc(source)) Compile(source, target);
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

    private static void Compile(string source, string target)
    {
        string[] arguments = ["-O3", "-march=native", "-std=c++17", "-fopenmp", "-shared", "-fPIC", "-o", target, source, "-lfaiss"];
        using var compiler = Process.Start("g++", arguments);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException("The shim was not built. On Debian: apt-get install g++ libhnswlib-dev libfaiss-dev libblas-dev.");
    }
}
