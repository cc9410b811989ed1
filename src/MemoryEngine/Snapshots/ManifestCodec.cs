using System.Buffers.Binary;
using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>The bytes of a manifest; docs/format.md says the same in words.</summary>
internal static class ManifestCodec
{
    private const uint FormatVersion = 3;

    /// <summary>Formats before this one name segments of formats that are not read any more, or none.</summary>
    private const uint FirstWithRows = 3;
    private const int LeastBytes = 44;

    private static ReadOnlySpan<byte> Magic => "MEMMANI\n"u8;

    public static void Write(Manifest manifest, ByteWriter writer)
    {
        writer.Bytes(Magic);
        writer.UInt32(FormatVersion);
        writer.UInt32(0); // feature flags: none yet
        writer.Guid(manifest.PoolId);
        writer.Int64(manifest.Sequence);
        using var records = new ByteWriter(512);
        manifest.Records.WriteTo(records);
        writer.Block(records.Written);
        WriteList(writer, manifest.Answers, static (w, answer) => answer.WriteTo(w));
        writer.Byte(manifest.StandsAlone ? (byte)1 : (byte)0);
        WriteView(writer, manifest.Past);
        writer.Int64(manifest.PresentFrom);
        WriteLive(writer, manifest.Live);
        WriteList(writer, manifest.Spaces.Index(), static (w, space) => w.Block(new SpaceDeclaredEvent(space.Index, space.Item).Encode()));
        WriteList(writer, manifest.Learned is { } learned ? [learned] : Array.Empty<LearnedInfo>(), static (w, info) => info.WriteTo(w));
        WriteList(writer, manifest.Snapshots, static (w, snapshot) =>
        {
            w.String(snapshot.Name);
            w.Int64(snapshot.Sequence);
            w.Int64(snapshot.CreatedMicroseconds);
            WriteView(w, snapshot.View);
            WriteLive(w, snapshot.Live);
        });
        WriteList(writer, manifest.Purged, static (w, id) => w.Guid(id));
        WriteList(writer, manifest.Segments, static (w, segment) => segment.WriteTo(w));
        WriteList(writer, manifest.Lives, static (w, life) =>
        {
            w.VarInt(life.Row);
            WriteList(w, life.Events, static (target, sequence) => target.Int64(sequence));
        });
        writer.UInt32(Crc32C.Compute(writer.Written));
    }

    /// <summary>Reads a manifest; null with the reason when it is damaged or is none.</summary>
    /// <exception cref="MemoryEngineException">Its format is newer.</exception>
    public static Manifest? Read(ReadOnlySpan<byte> bytes, string path, out string? problem)
    {
        problem = "it is too short";
        if (bytes.Length < LeastBytes) return null;
        var body = bytes[..^4];
        problem = "its checksum does not match";
        if (Crc32C.Compute(body) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..])) return null;
        problem = "it does not begin with the mark of a manifest";
        if (!body.StartsWith(Magic)) return null;
        var reader = new ByteReader(body[Magic.Length..]);
        var (version, features) = (reader.UInt32(), reader.UInt32());
        if (version > FormatVersion || features != 0)
        {
            throw new MemoryEngineException(
                ErrorCode.NewerFormat,
                $"{path} has manifest format {version} with features {features:x}; this version of MemoryEngine reads format " +
                $"{FormatVersion} without features. Nothing was changed; open the pool with a newer version.");
        }
        var (poolId, sequence) = (reader.Guid(), reader.Int64());
        var block = reader.Block();
        problem = "its record checkpoint is malformed";
        if (reader.Failed) return null;
        RecordCheckpoint records;
        try
        {
            records = RecordCheckpoint.Read(ref block);
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
        var manifest = new Manifest
        {
            PoolId = poolId,
            Sequence = sequence,
            HasRows = version >= FirstWithRows,
            Records = records,
            Answers = ReadList(ref reader, IdempotentAnswer.Read),
        };
        if (version >= FirstWithRows) manifest = ReadRows(manifest, ref reader);
        // What format 2 said of rows is passed over.
        var isWhole = !reader.Failed && (reader.AtEnd || version == 2);
        problem = !isWhole ? "it is malformed" : manifest.HasRows ? WhatDoesNotFit(manifest) : null;
        return problem is null ? manifest : null;
    }

    private static Manifest ReadRows(Manifest manifest, ref ByteReader reader) => manifest with
    {
        StandsAlone = ReadFlag(ref reader),
        Past = ReadView(ref reader),
        PresentFrom = reader.Int64(),
        Live = ReadLive(ref reader),
        Spaces = ReadSpaces(ref reader),
        Learned = ReadLearned(ref reader),
        Snapshots = ReadList(ref reader, ReadSnapshot),
        Purged = ReadList(ref reader, static (ref ByteReader r) => r.Guid()),
        Segments = ReadList(ref reader, SegmentInfo.Read),
        Lives = ReadList(ref reader, static (ref ByteReader r) =>
            new RowLife(r.VarInt(), [.. ReadList(ref r, static (ref ByteReader list) => list.Int64())])),
    };

    // Right checksums exclude accidents; this excludes what no engine would have written.
    private static string? WhatDoesNotFit(Manifest manifest)
    {
        if (manifest.Sequence < 1 || manifest.Past.Last >= manifest.PresentFrom || manifest.PresentFrom > manifest.Sequence)
            return "its view does not end with its sequence";
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!manifest.Spaces.All(s => names.Add(s.Name))) return "two of its spaces have one name";
        names.Clear();
        if (!manifest.Snapshots.All(s => names.Add(s.Name) && s.View.Last <= s.Sequence && s.Sequence <= manifest.Sequence))
            return "its snapshots do not fit together";
        var row = 0;
        foreach (var segment in manifest.Segments)
        {
            if (segment.FirstRow != row) return "its segments leave a gap";
            row = segment.EndRow;
        }
        if (manifest.Live.Count > row || manifest.Snapshots.Any(s => s.Live.Count > row)) return "it counts more live rows than there are";
        var previous = -1;
        foreach (var (of, events) in manifest.Lives)
        {
            if (of <= previous || of >= row || !IsLife(events, manifest.Sequence)) return $"what it says about row {of} is no life";
            previous = of;
        }
        return null;
    }

    // A death alone, or births and deaths in order from the birth on.
    private static bool IsLife(long[] events, long last)
    {
        if (events.Length == 0 || events.Length == 1 != events[0] < 0) return false;
        var previous = 0L;
        foreach (var sequence in events)
        {
            if (sequence is 0 or long.MinValue || Math.Abs(sequence) <= previous || Math.Abs(sequence) > last) return false;
            previous = Math.Abs(sequence);
        }
        return true;
    }

    private static bool ReadFlag(ref ByteReader reader)
    {
        var flag = reader.Byte();
        if (flag > 1) reader.Fail();
        return flag == 1;
    }

    private static LearnedInfo? ReadLearned(ref ByteReader reader)
    {
        var learned = ReadList(ref reader, LearnedInfo.Read);
        if (learned.Count > 1) reader.Fail();
        return learned is [var one] ? one : null;
    }

    private static NamedView ReadSnapshot(ref ByteReader reader)
    {
        var name = SnapshotEvents.ReadName(ref reader);
        return new NamedView(name, reader.Int64(), reader.Int64(), ReadView(ref reader), ReadLive(ref reader));
    }

    private static List<VectorSpace> ReadSpaces(ref ByteReader reader)
    {
        var spaces = new List<VectorSpace>();
        var count = reader.VarInt();
        if (count > Limits.MaxSpaces) reader.Fail();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var declared = SpaceDeclaredEvent.Decode(reader.Block());
            if (declared is null || declared.Id != i) reader.Fail();
            else spaces.Add(declared.Space);
        }
        return spaces;
    }

    private static void WriteView(ByteWriter writer, View view)
    {
        writer.VarInt(view.Ranges.Length);
        foreach (var (first, last) in view.Ranges)
        {
            writer.Int64(first);
            writer.Int64(last);
        }
    }

    private static View ReadView(ref ByteReader reader)
    {
        var ranges = ReadList(ref reader, static (ref ByteReader r) => (First: r.Int64(), Last: r.Int64()));
        var previous = 0L;
        foreach (var (first, last) in ranges)
        {
            if (first <= previous || last < first) reader.Fail();
            previous = last;
        }
        return reader.Failed ? View.Empty : View.Of([.. ranges]);
    }

    private static void WriteLive(ByteWriter writer, LiveRows live)
    {
        writer.Int64(live.Count);
        writer.Int64(live.Length);
    }

    private static LiveRows ReadLive(ref ByteReader reader)
    {
        var live = new LiveRows(reader.Int64(), reader.Int64());
        if (live.Count < 0 || live.Length < 0) reader.Fail();
        return live;
    }

    private delegate T ItemReader<T>(ref ByteReader reader);

    private static List<T> ReadList<T>(ref ByteReader reader, ItemReader<T> read)
    {
        var list = new List<T>();
        var count = reader.VarInt();
        for (var i = 0; i < count && !reader.Failed; i++) list.Add(read(ref reader));
        return list;
    }

    private static void WriteList<T>(ByteWriter writer, IEnumerable<T> items, Action<ByteWriter, T> write)
    {
        var list = items as IReadOnlyCollection<T> ?? [.. items];
        writer.VarInt(list.Count);
        foreach (var item in list) write(writer, item);
    }
}
