using MemoryEngine.Journal;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>A journal on a simulated disk, and what the tests of it say again and again.</summary>
internal static class JournalDisk
{
    public const string Directory = "/pool/journal";

    public static readonly Guid PoolId = new("0198f0e0-0000-7000-8000-00000000f00d");

    public static SimulatedFileSystem New()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Directory);
        disk.SyncDirectory("/pool");
        disk.SyncDirectory("/");
        return disk;
    }

    public static string PathOf(int file) => Path.Combine(Directory, JournalFormat.FileName(file));

    public static JournalWriter Create(IFileSystem disk, long fileBytes) =>
        JournalWriter.Create(disk, Directory, PoolId, fileBytes, TimeProvider.System);

    public static JournalWriter Reopen(IFileSystem disk, long fileBytes) =>
        JournalWriter.Open(disk, Directory, JournalReader.Scan(disk, Directory, static (in _) => { }), fileBytes, TimeProvider.System);

    /// <summary>A payload that no other one equals.</summary>
    public static byte[] Payload(int id, int length)
    {
        var payload = new byte[length + sizeof(int)];
        new Random(id).NextBytes(payload);
        BitConverter.TryWriteBytes(payload, id);
        return payload;
    }

    public static int IdOf(ReadOnlySpan<byte> payload) => BitConverter.ToInt32(payload);

    /// <summary>The ids of all payloads in order; each payload is checked whole, and sequences are dense from 1.</summary>
    public static List<int> Ids(IFileSystem disk, out JournalScan scan)
    {
        var ids = new List<int>();
        scan = JournalReader.Scan(disk, Directory, (in frame) =>
        {
            var id = IdOf(frame.Payload);
            Assert.Equal(ids.Count + 1, frame.Sequence);
            Assert.True(frame.Payload.SequenceEqual(Payload(id, frame.Payload.Length - sizeof(int))), $"payload {id} has other bytes");
            ids.Add(id);
        });
        Assert.Equal(ids.Count, scan.LastSequence);
        return ids;
    }

    /// <summary>Writes one batch of payloads and syncs it unless told otherwise.</summary>
    public static void Batch(JournalWriter writer, bool sync, params (int Id, int Length)[] frames)
    {
        foreach (var (id, length) in frames) writer.Append(EventType.Remembered, Payload(id, length));
        writer.Write();
        if (sync) writer.Sync();
    }

    /// <summary>Where a journal's structures lie, read with the format's own readers.</summary>
    public static (List<Piece> Pieces, long End) Map(SimulatedFileSystem disk, int file)
    {
        var bytes = disk.ReadAll(PathOf(file));
        var header = JournalFormat.FileHeader.Read(bytes, PathOf(file));
        var pieces = new List<Piece> { new(0, JournalFormat.HeaderUsedBytes, PieceKind.FileHeader, 0) };
        long offset = JournalFormat.HeaderBytes;
        while (JournalFormat.BatchHeader.TryRead(bytes.AsSpan((int)offset), header.Salt, offset, out var batch))
        {
            pieces.Add(new Piece(offset, JournalFormat.BatchHeaderBytes, PieceKind.BatchHeader, batch.FrameCount));
            var at = offset + JournalFormat.BatchHeaderBytes;
            for (var i = 0; i < batch.FrameCount; i++)
            {
                Assert.True(JournalFormat.FrameHeader.TryRead(bytes.AsSpan((int)at), header.Salt, at, out var frame, out _));
                pieces.Add(new Piece(at, JournalFormat.FrameHeaderBytes, PieceKind.FrameHeader, 1));
                at += JournalFormat.FrameBytes(frame.PayloadLength);
            }
            offset = at;
        }
        return (pieces, offset);
    }

    internal enum PieceKind
    {
        FileHeader,
        BatchHeader,
        FrameHeader,
    }

    internal readonly record struct Piece(long Offset, int Length, PieceKind Kind, int Frames);
}
