using MemoryEngine.Journal;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as a journal. One that is accepted can be continued: the writer cuts what the scan called torn, and what is
/// read after that is the same journal, whole.
/// </summary>
internal sealed class JournalTarget : FuzzTarget
{
    public override string Name => "journal";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var disk = JournalImage.Mount(input);
        long frames = 0;
        var scan = JournalReader.Scan(disk, JournalImage.Directory, (in frame) =>
        {
            Require(frame.Sequence == ++frames, "sequences count up from one");
            Require(frame.Payload.Length <= JournalFormat.MaxPayloadBytes, "payloads have a limit");
        });
        Require(scan.LastSequence == frames, "the last sequence is that of the last frame");
        var writer = JournalWriter.Open(disk, JournalImage.Directory, scan, 1 << 20, TimeProvider.System);
        writer.Close();
        long again = 0;
        var closed = JournalReader.Scan(disk, JournalImage.Directory, (in _) => again++);
        Require(again == frames && closed is { ClosedCleanly: true, Torn: null }, "a journal that was opened and closed is whole");
        Require(closed.Bytes == writer.Bytes, $"the writer counts {writer.Bytes} bytes, the reader {closed.Bytes}");
    }

    public override void FixChecksums(Span<byte> input) => JournalImage.FixChecksums(input);

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds() => JournalSeeds.All();
}
