using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a record. What the reader accepts can be worked up, filed and read back as a memory.</summary>
internal sealed class RecordTarget : FuzzTarget
{
    public override string Name => "record";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (!RecordReader.TryOpen(input, out var record, out var problem))
        {
            Require(problem.Length > 0, "a refusal says why");
            Outcome = problem;
            return;
        }
        var place = record.Place;
        _ = record.ContentHash;
        foreach (var field in record) Require(field.Value.Length <= input.Length, "a field lies within its record");

        var table = new RowTable();
        table.Spaces.Declare(0, HashingEmbedder.Space);
        table.Spaces.Declare(1, RecordSeeds.Space);
        if (!table.Spaces.Fit(record))
        {
            Outcome = "vectors that do not fit";
            return;
        }
        // Its place is the applier's to check: here it becomes the first record.
        var first = input.ToArray();
        RecordCodec.Place(first, place with { RecordId = 1, Supersedes = 0 });
        Require(RecordReader.TryOpen(first, out var placed, out _), "a place does not make a record unreadable");
        table.Remember(1, 0, placed, RowDraft.Of(placed, table.Spaces.DerivedSpace));
        table.Publish(1);
        var version = VersionReader.Read(table, 0, table.Current.View, first, withVectors: true);
        Require(version.Id == place.MemoryId && version.Version == place.Version, "a memory is read back under its id and version");
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds() => RecordSeeds.All();
}
