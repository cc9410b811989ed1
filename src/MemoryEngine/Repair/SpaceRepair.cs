using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine.Repair;

/// <summary>
/// Declares again the vector spaces whose declaration was lost. Of one whose vectors are stored, number and dimension are
/// known and nothing else, so it gets a name that says so. One without stored vectors can be the built-in embedder's, whose
/// vectors are made of the texts.
/// </summary>
internal static class SpaceRepair
{
    private const string UnknownEmbedder = "unknown";

    /// <param name="draft">The events.</param>
    /// <param name="known">The spaces that the manifest knows, by their numbers.</param>
    public static void Apply(EventDraft draft, IReadOnlyList<VectorSpace> known)
    {
        var (declared, uses) = Collect(draft);
        draft.Settle();
        var mayBeBuiltIn = declared.Values.All(d => d.Space.Name != VectorSpace.TextSpace);
        var count = 1 + declared.Keys.Concat(uses.Keys).Append(known.Count - 1).Max();
        // A pool is born with the built-in embedder's space, unless it was opened with another or with none.
        if (count == 0 && draft.FindSlot(1, 3) == 2) count = 1;
        // The last first: each takes the last place that it can have, and leaves those before it to the others.
        for (var id = Math.Min(count, Limits.MaxSpaces) - 1; id >= 0; id--)
        {
            if (declared.ContainsKey(id)) continue;
            Declare(draft, id, declared, uses, id < known.Count ? known[id] : null, mayBeBuiltIn && id == 0);
            draft.Settle();
        }
        RefuseMisfits(draft);
    }

    private static (SortedDictionary<int, Declared> Declared, SortedDictionary<int, Use> Uses) Collect(EventDraft draft)
    {
        var (declared, uses) = (new SortedDictionary<int, Declared>(), new SortedDictionary<int, Use>());
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in draft.Events)
        {
            if (e.Type == EventType.SpaceDeclared)
            {
                var space = SpaceDeclaredEvent.Decode(draft.Payload(e));
                var fits = space is not null && space.Id < Limits.MaxSpaces && (declared.Count == 0 || space.Id > declared.Keys.Last());
                if (fits && names.Add(space!.Space.Name)) declared.Add(space.Id, new Declared(e.Sequence, space.Space));
                else draft.Refuse(e, "it is no declaration of a new space");
            }
            else if (e.Type == EventType.Remembered)
            {
                CollectUses(draft.Payload(e), e.Sequence, uses);
            }
            else if (e.Type == EventType.VectorAdded && VectorAddedEvent.Decode(draft.Payload(e)) is { } added)
            {
                AddUse(added.Space, added.Vector.Span, e.Sequence, isLater: true, uses);
            }
        }
        return (declared, uses);
    }

    private static void CollectUses(ReadOnlySpan<byte> payload, long sequence, SortedDictionary<int, Use> uses)
    {
        _ = RecordReader.TryOpen(payload, out var record, out _);
        foreach (var field in record)
        {
            if (field.Field is not (RecordField.Vector or RecordField.MadeVector)) continue;
            var id = BinaryPrimitives.ReadUInt16LittleEndian(field.Value);
            AddUse(id, MemoryMarshal.Cast<byte, float>(field.Value[sizeof(ushort)..]), sequence, isLater: false, uses);
        }
    }

    private static void AddUse(int id, ReadOnlySpan<float> floats, long sequence, bool isLater, SortedDictionary<int, Use> uses)
    {
        var hasZero = !floats.ContainsAnyExcept(0f);
        uses[id] = uses.TryGetValue(id, out var use)
            ? use with { HasZero = use.HasZero || hasZero, IsOfTexts = use.IsOfTexts || isLater }
            : new Use(sequence, floats.Length, hasZero, isLater);
    }

    private static void Declare(
        EventDraft draft, int id, SortedDictionary<int, Declared> declared, SortedDictionary<int, Use> uses, VectorSpace? known,
        bool mayBeBuiltIn)
    {
        var isUsed = uses.TryGetValue(id, out var use);
        var after = declared.Where(d => d.Key < id).Select(d => d.Value.Sequence).DefaultIfEmpty(1).Max();
        var next = declared.Where(d => d.Key > id).Select(d => d.Value.Sequence).DefaultIfEmpty(long.MaxValue).Min();
        var before = Math.Min(isUsed ? use.Sequence : long.MaxValue, next);
        // The built-in space is declared with the pool, in its second event.
        var slot = mayBeBuiltIn && !isUsed && draft.FindSlot(1, 3) == 2 ? 2 : draft.FindSlot(after, before);
        if (slot == 0) return;
        // Only texts are embedded later, and the manifest's names are those of its moment, not of the declaration's.
        var isOfTexts = (isUsed && use.IsOfTexts) || (known is not null && SpaceNames.IsOfTexts(known.Name));
        var name = !isOfTexts ? $"recovered-{id}"
            : declared.Values.Any(d => d.Space.Name == VectorSpace.TextSpace) ? SpaceNames.Waiting(id)
            : VectorSpace.TextSpace;
        while (declared.Values.Any(d => d.Space.Name == name)) name += "-";
        VectorSpace space;
        string note;
        if (known is not null)
        {
            space = isOfTexts ? known with { Name = name } : known;
            note = $"The manifest knows it: '{known.Name}', with {known.Dimension} dimensions.";
        }
        else if (isUsed)
        {
            // A cosine space takes no vector of zeros.
            var metric = use.HasZero ? Metric.L2 : Metric.Cosine;
            space = new VectorSpace(name, use.Dimension, metric, UnknownEmbedder);
            note = $"Its number and its {use.Dimension} dimensions are known from its vectors. Name, metric ({metric}) and embedder are not, " +
                $"so it is called '{name}', of embedder '{UnknownEmbedder}'; its vectors are all there.";
        }
        else if (mayBeBuiltIn)
        {
            space = HashingEmbedder.Space;
            note = "No vector of it is stored, as is so of the built-in embedder's, so it is taken for that one: texts are searched with it.";
        }
        else
        {
            space = new VectorSpace(name, Limits.MinDimension, Metric.Cosine, UnknownEmbedder);
            note = $"No vector of it is stored, and nothing is known of it; it is called '{name}' and holds the number.";
        }
        draft.Make(slot, EventType.SpaceDeclared, new SpaceDeclaredEvent(id, space).Encode());
        draft.Notes.Add($"The declaration of vector space {id} was lost and made anew at event {slot}. {note}");
        declared.Add(id, new Declared(slot, space));
    }

    private static void RefuseMisfits(EventDraft draft)
    {
        var spaces = new SpaceTable();
        foreach (var e in draft.Events)
        {
            if (e.Type == EventType.SpaceDeclared && SpaceDeclaredEvent.Decode(draft.Payload(e)) is { } declared)
            {
                if (declared.Id == spaces.Count) spaces.Declare(declared.Id, declared.Space);
                else draft.Refuse(e, "a space before it is not known any more");
            }
            else if (e.Type == EventType.Remembered)
            {
                _ = RecordReader.TryOpen(draft.Payload(e), out var record, out _);
                if (!spaces.Fit(record)) draft.Drop(e, record.Place.RecordId, "a version with vectors of a space that is not known any more");
            }
            else if (e.Type is EventType.VectorAdded or EventType.TextSpaceChosen or EventType.SpaceDropped)
            {
                RefuseMisfit(draft, e, spaces);
            }
        }
        draft.Settle();
    }

    private static void RefuseMisfit(EventDraft draft, in RepairEvent e, SpaceTable spaces)
    {
        if (e.Type == EventType.VectorAdded)
        {
            if (VectorAddedEvent.Decode(draft.Payload(e)) is not { } added) draft.Refuse(e, "its payload is malformed");
            else if (!spaces.Fit(added.Space, added.Vector.Length)) draft.Drop(e, 0, "a vector of a space that is not known any more");
            return;
        }
        var isDrop = e.Type == EventType.SpaceDropped;
        if (SpaceEvent.Decode(draft.Payload(e)) is not { } change) draft.Refuse(e, "its payload is malformed");
        else if (!spaces.CanChange(change.Space, isDrop)) draft.Drop(e, 0, "what became of a space that is not known any more");
        else _ = isDrop ? spaces.Drop(change.Space) : spaces.Choose(change.Space);
    }

    private readonly record struct Declared(long Sequence, VectorSpace Space);

    private readonly record struct Use(long Sequence, int Dimension, bool HasZero, bool IsOfTexts);
}
