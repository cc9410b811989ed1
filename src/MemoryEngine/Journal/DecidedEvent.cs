using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>The state of a memory version was changed, on evidence or by a person: the bytes of a <see cref="Decision"/>.</summary>
internal static class DecidedEvent
{
    [Flags]
    private enum Fields : byte
    {
        None = 0,
        Domain = 1,
        Effect = 2,
        Note = 4,
        All = 7,
    }

    public static byte[] Encode(Decision decision)
    {
        using var writer = new ByteWriter(128);
        var fields = (decision.Domain is null ? 0 : Fields.Domain) | (decision.Effect is null ? 0 : Fields.Effect)
            | (decision.Note is null ? 0 : Fields.Note);
        writer.Guid(decision.Memory);
        writer.VarInt(decision.Version);
        writer.Byte((byte)fields);
        writer.Byte((byte)decision.From);
        writer.Byte((byte)decision.To);
        writer.Byte((byte)decision.Reason);
        EvidenceBytes.Time(writer, decision.At);
        EvidenceBytes.Double(writer, decision.EValue);
        writer.Int64(decision.Appearances);
        writer.Int64(decision.Failures);
        EvidenceBytes.Double(writer, decision.EffectInterval.Low);
        EvidenceBytes.Double(writer, decision.EffectInterval.High);
        if (decision.Effect is { } effect) EvidenceBytes.Double(writer, effect);
        EvidenceBytes.Optional(writer, decision.Domain);
        EvidenceBytes.Optional(writer, decision.Note);
        return writer.ToArray();
    }

    public static Decision? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (memory, version, fields) = (reader.Guid(), reader.VarInt(), (Fields)reader.Byte());
        var (from, to) = (EvidenceBytes.Enum<MemoryState>(ref reader), EvidenceBytes.Enum<MemoryState>(ref reader));
        var (reason, at) = (EvidenceBytes.Enum<DecisionReason>(ref reader), EvidenceBytes.Time(ref reader));
        var (eValue, appearances) = (EvidenceBytes.Double(ref reader, 0, double.MaxValue), EvidenceBytes.Count(ref reader));
        var failures = EvidenceBytes.Count(ref reader);
        var interval = new Interval(EvidenceBytes.Double(ref reader, -1, 1), EvidenceBytes.Double(ref reader, -1, 1));
        double? effect = fields.HasFlag(Fields.Effect) ? EvidenceBytes.Double(ref reader, -double.MaxValue, double.MaxValue) : null;
        var domain = EvidenceBytes.Optional(ref reader, fields.HasFlag(Fields.Domain));
        var note = EvidenceBytes.Optional(ref reader, fields.HasFlag(Fields.Note));
        if (version < 1 || (fields & ~Fields.All) != 0 || reader.Failed || !reader.AtEnd) return null;
        return new Decision
        {
            Memory = memory,
            Version = version,
            Domain = domain,
            From = from,
            To = to,
            Reason = reason,
            At = at,
            EValue = eValue,
            Effect = effect,
            EffectInterval = interval,
            Appearances = appearances,
            Failures = failures,
            Note = note,
        };
    }
}
