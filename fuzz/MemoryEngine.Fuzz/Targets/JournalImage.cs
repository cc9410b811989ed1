using System.Buffers.Binary;
using MemoryEngine.Journal;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>A whole journal as one input: its files one behind the other, each beginning with the mark of a journal file.</summary>
internal static class JournalImage
{
    public const string Directory = "/pool/journal";

    private static ReadOnlySpan<byte> FileMark => "MEMJRNL\n"u8;

    /// <summary>The journal on a disk of its own.</summary>
    public static SimulatedFileSystem Mount(ReadOnlySpan<byte> image)
    {
        var disk = new SimulatedFileSystem();
        var number = 1;
        do
        {
            var end = NextFile(image);
            disk.WriteAll(Path.Combine(Directory, JournalFormat.FileName(number++)), image[..end]);
            image = image[end..];
        }
        while (!image.IsEmpty);
        return disk;
    }

    /// <summary>The files of a disk as one input, without the zeros that were reserved behind the last batch.</summary>
    public static byte[] Of(SimulatedFileSystem disk)
    {
        var image = new List<byte>();
        foreach (var path in disk.AllFiles())
        {
            var bytes = disk.ReadAll(path);
            var used = Math.Max(JournalFormat.HeaderBytes, (bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 8) & -8);
            image.AddRange(bytes.AsSpan(0, Math.Min(used, bytes.Length)));
        }
        return [.. image];
    }

    /// <summary>Makes the checksums of headers, batches and frames right, as far as they can be found.</summary>
    public static void FixChecksums(Span<byte> image)
    {
        while (!image.IsEmpty)
        {
            var end = NextFile(image);
            FixFile(image[..end]);
            image = image[end..];
        }
    }

    private static int NextFile(ReadOnlySpan<byte> image)
    {
        if (image.Length <= FileMark.Length) return image.Length;
        var next = image[1..].IndexOf(FileMark);
        return next < 0 ? image.Length : next + 1;
    }

    private static void FixFile(Span<byte> file)
    {
        if (file.Length < JournalFormat.HeaderUsedBytes) return;
        BinaryPrimitives.WriteUInt32LittleEndian(file[60..], Crc32C.Compute(file[..60]));
        var salt = BinaryPrimitives.ReadUInt64LittleEndian(file[16..]);
        long at = JournalFormat.HeaderBytes;
        while (at + JournalFormat.BatchHeaderBytes <= file.Length)
        {
            var batch = file[(int)at..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(batch) != JournalFormat.BatchMagic) return;
            BinaryPrimitives.WriteUInt32LittleEndian(batch[36..], Checksum(batch[..36], salt, at));
            at += JournalFormat.BatchHeaderBytes;
            var framesBytes = BinaryPrimitives.ReadInt32LittleEndian(batch[20..]);
            if (framesBytes < 0 || at + framesBytes > file.Length) return;
            FixFrames(file.Slice((int)at, framesBytes), salt, at);
            at += framesBytes;
        }
    }

    private static void FixFrames(Span<byte> frames, ulong salt, long offset)
    {
        while (frames.Length >= JournalFormat.FrameHeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frames);
            if (length is < 0 or > JournalFormat.MaxPayloadBytes || JournalFormat.FrameBytes(length) > frames.Length) return;
            var size = JournalFormat.FrameBytes(length);
            var crc = Crc32C.Append(Checksum(frames[..16], salt, offset), frames[JournalFormat.FrameHeaderBytes..size]);
            BinaryPrimitives.WriteUInt32LittleEndian(frames[16..], crc);
            frames = frames[size..];
            offset += size;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> data, ulong salt, long offset)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(place, salt);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], offset);
        return Crc32C.Append(Crc32C.Compute(place), data);
    }
}
