using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as the payload of an event, whose type is the first byte. There is one way to write each event: what is
/// accepted is written again as the same bytes.
/// </summary>
internal sealed class EventsTarget : FuzzTarget
{
    private static readonly Guid Id = new("01900000-0000-7000-8000-000000000001");

    public override string Name => "events";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var payload = input[1..];
        var again = (EventType)input[0] switch
        {
            EventType.PoolCreated => PoolCreatedEvent.Decode(payload)?.Encode(),
            EventType.SpaceDeclared => SpaceDeclaredEvent.Decode(payload)?.Encode(),
            EventType.Forgotten or EventType.Restored => LifeEvent.Decode(payload)?.Encode(),
            EventType.Answered => Encode(IdempotentAnswer.Decode(payload)),
            EventType.SnapshotCreated => SnapshotCreatedEvent.Decode(payload)?.Encode(),
            EventType.SnapshotDropped => SnapshotDroppedEvent.Decode(payload)?.Encode(),
            EventType.RolledBack => RolledBackEvent.Decode(payload)?.Encode(),
            EventType.Purged => PurgedEvent.Decode(payload)?.Encode(),
            EventType.Dropped => DroppedEvent.Decode(payload)?.Encode(),
            EventType.Transferred => TransferEvent.Decode(payload) is { } transfer ? TransferEvent.Encode(transfer) : null,
            EventType.OutcomeReported => OutcomeEvent.Decode(payload)?.Encode(),
            EventType.Decided => DecidedEvent.Decode(payload) is { } decision ? DecidedEvent.Encode(decision) : null,
            EventType.EvidenceFolded => EvidenceSnapshot.TryRead(payload.ToArray(), new EvidenceLimits()) is { } state
                ? EvidenceSnapshot.Write(state)
                : null,
            EventType.VectorAdded => VectorAddedEvent.Decode(payload)?.Encode(),
            EventType.TextSpaceChosen or EventType.SpaceDropped => SpaceEvent.Decode(payload)?.Encode(),
            _ => null,
        };
        Outcome = $"{(EventType)input[0]} {(again is null ? "refused" : "accepted")}";
        Require(again is null || payload.SequenceEqual(again), "an event is written again as the bytes it was read from");
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var created = Event(EventType.PoolCreated, new PoolCreatedEvent(Id, new byte[32], 1_760_000_000_000_000).Encode());
        var space = Event(EventType.SpaceDeclared, new SpaceDeclaredEvent(1, RecordSeeds.Space).Encode());
        var life = Event(EventType.Forgotten, new LifeEvent(7, Id).Encode());
        var answer = Event(
            EventType.Answered,
            Encode(new IdempotentAnswer("key", 12345, new RememberResult(Id, 300, RememberOutcome.Added, 5), 1_760_000_000_000_000))!);
        yield return ("empty", []);
        yield return ("type-only", [(byte)EventType.SpaceDeclared]);
        yield return ("no-such-type", [77, 1, 2, 3]);
        var (past, now) = (View.Of((1, 40), (44, 90)), View.Of((1, 40), (44, 120), (130, 300)));
        var snapshot = Event(EventType.SnapshotCreated, new SnapshotCreatedEvent("v1.0", 1_760_000_000_000_000, past).Encode());
        var released = Event(EventType.SnapshotDropped, new SnapshotDroppedEvent("v1.0").Encode());
        var rolled = Event(EventType.RolledBack, new RolledBackEvent("v1.0", "before_v1.0", 1_760_000_000_000_000, now, past).Encode());
        var purged = Event(EventType.Purged, new PurgedEvent(Id).Encode());
        var dropped = Event(EventType.Dropped, new DroppedEvent(300, 7, 200).Encode());
        var vector = Event(EventType.VectorAdded, new VectorAddedEvent(7, 1, new float[] { 1, 2, 3 }).Encode());
        var chosen = Event(EventType.TextSpaceChosen, new SpaceEvent(1).Encode());
        (string, byte[])[] whole =
        [
            ("created", created), ("space", space), ("life", life), ("answer", answer), ("snapshot", snapshot),
            ("released", released), ("rolled", rolled), ("purged", purged), ("dropped", dropped), .. EvidenceSeeds.Events(),
            ("vector", vector), ("chosen", chosen),
        ];
        foreach (var (name, bytes) in whole)
        {
            yield return (name, bytes);
            yield return (name + "-cut", bytes[..^1]);
            yield return (name + "-long", [.. bytes, 0]);
        }
        yield return ("space-flat", Put(space, 3, 1));
        yield return ("space-no-metric", Put(space, 5, 9));
        yield return ("space-not-utf8", Put(space, 7, 0xFF));
        yield return ("snapshot-name", Put(snapshot, 2, (byte)' '));
        yield return ("snapshot-of-other-sequence", Put(snapshot, 14, 89));
        yield return ("snapshot-without-ranges", [.. snapshot[..22], 0]);
        yield return ("snapshot-ranges-overlap", Put(snapshot, 39, 40));
        yield return ("rolled-undo-name", Put(rolled, 7, (byte)'/'));
        yield return ("dropped-none", Put(dropped, 1, 0));
        yield return ("dropped-too-many-records", [(byte)EventType.Dropped, .. new DroppedEvent(3, 7, 4).Encode()]);
        yield return ("dropped-records-without-id", [(byte)EventType.Dropped, .. new DroppedEvent(3, 0, 2).Encode()]);
        yield return ("vector-of-no-record", [vector[0], .. new byte[8], .. vector[9..]]);
        yield return ("chosen-of-no-space", [chosen[0], 64, 0]);
        yield return ("answer-long-varint", [.. answer[..37], 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, .. answer[39..]]);
    }

    private static byte[]? Encode(IdempotentAnswer? answer)
    {
        if (answer is null) return null;
        var writer = new ByteWriter();
        answer.WriteTo(writer);
        return writer.ToArray();
    }

    private static byte[] Event(EventType type, byte[] payload) => [(byte)type, .. payload];

    private static byte[] Put(byte[] bytes, int at, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] = value;
        return changed;
    }
}
