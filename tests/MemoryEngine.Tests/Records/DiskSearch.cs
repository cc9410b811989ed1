using System.Buffers.Binary;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Records;

/// <summary>
/// Looks for pieces of bodies in all files of a disk. A body is random bytes, so that eight of them in a row are its own;
/// pieces are taken so closely that every block that holds a part of the body holds one.
/// </summary>
internal sealed class DiskSearch
{
    private const int PieceBytes = sizeof(ulong);
    private const int Apart = 1500;

    private readonly Dictionary<ulong, long> _pieces = [];

    public DiskSearch(IEnumerable<(long Id, int Length)> bodies)
    {
        foreach (var (id, length) in bodies)
        {
            var body = RecordPool.BodyOf(id, length);
            for (var at = 0; at + PieceBytes <= length; at += Apart) _pieces[BinaryPrimitives.ReadUInt64LittleEndian(body.AsSpan(at))] = id;
            _pieces[BinaryPrimitives.ReadUInt64LittleEndian(body.AsSpan(length - PieceBytes))] = id;
        }
    }

    /// <summary>The bodies of which a piece is in some file.</summary>
    public IReadOnlyList<long> FoundOn(SimulatedFileSystem disk)
    {
        var found = new SortedSet<long>();
        foreach (var bytes in disk.AllFiles().Select(disk.ReadAll))
        {
            for (var at = 0; at + PieceBytes <= bytes.Length; at++)
            {
                var here = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                if (here != 0 && _pieces.TryGetValue(here, out var id)) found.Add(id);
            }
        }
        return [.. found];
    }
}
