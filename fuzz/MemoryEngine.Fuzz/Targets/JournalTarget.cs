using System.Buffers.Binary;
using MemoryEngine.Journal;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as a journal. One that is accepted can be continued: the writer cuts what the scan called torn, and what is
/// read after that is the same journal, whole. Its sealed files can be rewritten: what is kept is the same then too.
/// </summary>
internal sealed class JournalTarget : FuzzTarget
{
    public override string Name => "journal";

    /// <summary>The record id at its place in a record, made possible where it is not.</summary>
    public static long RecordIdOf(ReadOnlySpan<byte> record) =>
        record.Length < 16 ? 1 : Math.Max(1, BinaryPrimitives.ReadInt64LittleEndian(record[8..]) & (long.MaxValue >> 1));

    public override void Run(ReadOnlySpan<byte> input)
    {
        var disk = JournalImage.Mount(input);
        var frames = Read(disk, out var scan);
        var writer = JournalWriter.Open(disk, JournalImage.Directory, scan, 1 << 20, TimeProvider.System);
        writer.Close();
        Require(frames.SequenceEqual(Read(disk, out var closed)), "a journal that was opened and closed is the same");
        Require(closed is { ClosedCleanly: true, Torn: null }, "a journal that was opened and closed is whole");
        Require(closed.Bytes == writer.Bytes, $"the writer counts {writer.Bytes} bytes, the reader {closed.Bytes}");
        Continue(disk, closed);
        frames.Add((scan.LastSequence + 1, EventType.Answered, Crc32C.Compute([])));
        Require(frames.SequenceEqual(Read(disk, out var sealedOne)), "a journal that was continued is the same and one event more");
        Rewrite(disk, sealedOne.LastFile);
        var kept = Read(disk, out var rewritten);
        Require(rewritten.LastSequence == sealedOne.LastSequence, "a journal that was rewritten counts the same events");
        Require(kept.SequenceEqual(frames.Where(f => IsKept(f.Sequence, f.Type))), "what a rewrite keeps is the same");
    }

    public override void FixChecksums(Span<byte> input) => JournalImage.FixChecksums(input);

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds() => JournalSeeds.All();

    private static bool IsKept(long sequence, EventType type) => sequence % 3 != 0 || type == EventType.PoolCreated;

    private static void Continue(SimulatedFileSystem disk, JournalScan scan)
    {
        using var writer = JournalWriter.Open(disk, JournalImage.Directory, scan, 1 << 20, TimeProvider.System);
        writer.Append(EventType.Answered, []);
        writer.Write();
        writer.Seal();
    }

    private static void Rewrite(SimulatedFileSystem disk, int lastFile)
    {
        using var bodies = new JournalBodies(disk, JournalImage.Directory);
        var rewriter = new JournalRewriter(disk, JournalImage.Directory, bodies, RecordIdOf);
        for (var file = 1; file < lastFile; file++)
        {
            // Only the records that are kept are asked for, in order.
            var records = new Queue<long>();
            bool Keep(in JournalFrame frame)
            {
                var kept = IsKept(frame.Sequence, frame.Type);
                if (kept && frame.Type == EventType.Remembered) records.Enqueue(frame.Sequence);
                return kept;
            }

            rewriter.Rewrite(file, Keep, rewrite =>
            {
                // Every frame was seen twice: when it was estimated, and when it was written.
                Require(records.Count == 2 * rewrite.Moved.Count, "every record that stays has moved");
                foreach (var (sequence, moved) in records.Skip(rewrite.Moved.Count).Zip(rewrite.Moved))
                    Require(RecordIdOf(bodies.Read(moved.Position, sequence)) == moved.RecordId, "a record is where it was moved");
            });
        }
    }

    private static List<(long Sequence, EventType Type, uint Payload)> Read(SimulatedFileSystem disk, out JournalScan scan)
    {
        var frames = new List<(long, EventType, uint)>();
        var next = 1L;
        scan = JournalReader.Scan(disk, JournalImage.Directory, (in frame) =>
        {
            Require(frame.Sequence == next, "sequences count up from one");
            Require(frame.Payload.Length <= JournalFormat.MaxPayloadBytes, "payloads have a limit");
            Require(frame.Sequences >= 1, "a frame stands for one event at least");
            next += frame.Sequences;
            if (frame.Type != EventType.Dropped) frames.Add((frame.Sequence, frame.Type, Crc32C.Compute(frame.Payload)));
        });
        Require(scan.LastSequence == next - 1, "the last sequence is that of the last frame");
        return frames;
    }
}
