using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// Finds bodies in the files of a record log, without the checkpoints that lead to them: every value carries a checksum
/// over its key and all of its bytes, so one that checks out was written under that key. Reads and changes nothing.
/// </summary>
internal sealed class RecordLogSalvage : IDisposable
{
    private const long Deleted = 1L << 55;
    private const long Valid = 1L << 56;
    private const int Alignment = 8;
    private const int BlocksInPage = MemoryPlan.PageBytes / LogBlock.Bytes;
    private readonly List<IFile> _files = [];
    private readonly byte[] _stored = new byte[BlocksInPage * LogBlock.StoredBytes];
    private readonly byte[] _page = new byte[MemoryPlan.PageBytes];
    private readonly bool[] _verified = new bool[BlocksInPage];
    private readonly Dictionary<(long RecordId, long Sequence), Chunk[]> _bodies = [];
    private readonly HashSet<long> _removed = [];
    private (int File, int Page) _loaded = (-1, -1);

    private RecordLogSalvage()
    {
    }

    /// <summary>The newest sequence of any value, wanted or not.</summary>
    public long Through { get; private set; }

    /// <summary>The bodies that were found whole, in no order.</summary>
    public IEnumerable<(long RecordId, long Sequence)> Found =>
        _bodies.Where(b => Array.TrueForAll(b.Value, c => c.Bytes > 0) && !_removed.Contains(b.Key.RecordId)).Select(b => b.Key);

    /// <summary>Looks through a directory for bodies of wanted sequences.</summary>
    public static RecordLogSalvage Read(IFileSystem files, string directory, Func<long, bool> isWanted)
    {
        var salvage = new RecordLogSalvage();
        try
        {
            if (files.DirectoryExists(directory))
                foreach (var name in files.List(directory)) salvage.ReadFile(files, directory, name, isWanted);
            return salvage;
        }
        catch
        {
            salvage.Dispose();
            throw;
        }
    }

    /// <summary>A body that was found.</summary>
    public byte[] Body(long recordId, long sequence)
    {
        var chunks = _bodies[(recordId, sequence)];
        var body = new byte[chunks[0].TotalBytes];
        for (var i = 0; i < chunks.Length; i++)
        {
            Load(chunks[i].File, chunks[i].Page);
            _page.AsSpan(chunks[i].Start, chunks[i].Bytes).CopyTo(body.AsSpan(i * StoredValue.MostPayloadBytes));
        }
        return body;
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void ReadFile(IFileSystem files, string directory, string name, Func<long, bool> isWanted)
    {
        if (!name.StartsWith("log.", StringComparison.Ordinal)) return;
        var file = new LenientFile(files.Open(Path.Combine(directory, name), FileOpening.Read));
        _files.Add(file);
        var pages = (file.Length + _stored.Length - 1) / _stored.Length;
        for (var page = 0; page < pages; page++)
        {
            Load(_files.Count - 1, page);
            ReadPage(isWanted);
        }
    }

    private void Load(int file, int page)
    {
        if (_loaded == (file, page)) return;
        _stored.AsSpan().Clear();
        _ = _files[file].Read((long)page * _stored.Length, _stored);
        for (var block = 0; block < BlocksInPage; block++)
        {
            var stored = _stored.AsSpan(block * LogBlock.StoredBytes, LogBlock.StoredBytes);
            // Its number's low half stands in the trailer, so the block says itself which one it is.
            _verified[block] = LogBlock.Verify(stored, BinaryPrimitives.ReadUInt32LittleEndian(stored[(LogBlock.Bytes + 4)..]));
            stored[..LogBlock.Bytes].CopyTo(_page.AsSpan(block * LogBlock.Bytes));
        }
        _loaded = (file, page);
    }

    private void ReadPage(Func<long, bool> isWanted)
    {
        for (var at = 0; at + ColdReader.RecordHeaderBytes <= _page.Length;)
        {
            var here = _page.AsSpan(at);
            var header = BinaryPrimitives.ReadInt64LittleEndian(here);
            var key = BinaryPrimitives.ReadInt64LittleEndian(here[8..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(here[16..]);
            var isSound = (header & Valid) != 0 && key >= 0;
            // What was removed was not to be found again, whoever looks.
            if (isSound && (header & Deleted) != 0 && _verified[at / LogBlock.Bytes]) _removed.Add(key >> 16);
            if (isSound && length is >= StoredValue.HeaderBytes and <= StoredValue.MostBytes
                && ColdReader.RecordHeaderBytes + length <= here.Length
                && StoredValue.TryOpen(here.Slice(ColdReader.RecordHeaderBytes, length), key, out var value))
            {
                Take(at, key, value, isWanted);
                at += (ColdReader.RecordHeaderBytes + length + Alignment - 1) & -Alignment;
                continue;
            }
            at += Alignment;
        }
    }

    private void Take(int at, long key, in StoredValue value, Func<long, bool> isWanted)
    {
        Through = Math.Max(Through, value.Sequence);
        if (!isWanted(value.Sequence)) return;
        var id = (key >> 16, value.Sequence);
        if (!_bodies.TryGetValue(id, out var chunks)) _bodies[id] = chunks = new Chunk[value.Chunks];
        var chunk = (int)(key & ushort.MaxValue);
        if (chunks.Length != value.Chunks) return;
        var start = at + ColdReader.RecordHeaderBytes + StoredValue.HeaderBytes;
        chunks[chunk] = new Chunk(_loaded.File, _loaded.Page, start, value.Payload.Length, value.TotalBytes);
    }

    private readonly record struct Chunk(int File, int Page, int Start, int Bytes, int TotalBytes);
}
