using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>What came of a transfer was told. The first 16 bytes are the transfer's id.</summary>
/// <param name="Outcome">What was told.</param>
/// <param name="At">When.</param>
internal sealed record OutcomeEvent(Outcome Outcome, DateTimeOffset At)
{
    /// <summary>More ids of used memories than a recall hands over cannot be.</summary>
    public const int MostUsed = Limits.MaxRecall;

    [Flags]
    private enum Fields : byte
    {
        None = 0,
        JudgeModel = 1,
        UsedInferred = 2,
        Tokens = 4,
        Seconds = 8,
        Steps = 16,
        FirstEdit = 32,
        Cost = 64,
        All = 127,
    }

    public byte[] Encode()
    {
        using var writer = new ByteWriter(128);
        var o = Outcome;
        double?[] figures = [o.Tokens, o.Seconds, o.Steps, o.FirstEditSeconds, o.Cost];
        var fields = (o.JudgeModel is null ? 0 : Fields.JudgeModel) | (o.IsUsedInferred ? Fields.UsedInferred : 0);
        for (var i = 0; i < figures.Length; i++)
            if (figures[i] is not null) fields |= (Fields)((int)Fields.Tokens << i);
        writer.Guid(o.Transfer);
        EvidenceBytes.Time(writer, At);
        EvidenceBytes.Double(writer, o.Score);
        writer.Byte((byte)fields);
        writer.Byte((byte)o.Judge);
        writer.Byte((byte)o.Failure);
        EvidenceBytes.Optional(writer, o.JudgeModel);
        foreach (var figure in figures)
            if (figure is { } value) EvidenceBytes.Double(writer, value);
        writer.VarInt(o.Used.Count);
        foreach (var id in o.Used) writer.Guid(id);
        return writer.ToArray();
    }

    public static OutcomeEvent? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (transfer, at, score) = (reader.Guid(), EvidenceBytes.Time(ref reader), EvidenceBytes.Double(ref reader, 0, 1));
        var fields = (Fields)reader.Byte();
        var (judge, failure) = (EvidenceBytes.Enum<OutcomeJudge>(ref reader), EvidenceBytes.Enum<FailureClass>(ref reader));
        var model = EvidenceBytes.Optional(ref reader, fields.HasFlag(Fields.JudgeModel));
        if ((fields & ~Fields.All) != 0 || (judge == OutcomeJudge.Model && string.IsNullOrEmpty(model))) reader.Fail();
        var (tokens, seconds) = (Figure(ref reader, fields, Fields.Tokens), Figure(ref reader, fields, Fields.Seconds));
        var (steps, firstEdit) = (Figure(ref reader, fields, Fields.Steps), Figure(ref reader, fields, Fields.FirstEdit));
        var (cost, count) = (Figure(ref reader, fields, Fields.Cost), reader.VarInt());
        if (count > MostUsed) reader.Fail();
        var used = new Guid[reader.Failed ? 0 : count];
        for (var i = 0; i < used.Length; i++) used[i] = reader.Guid();
        if (reader.Failed || !reader.AtEnd) return null;
        var outcome = new Outcome
        {
            Transfer = transfer,
            Score = score,
            Judge = judge,
            JudgeModel = model,
            Used = used,
            IsUsedInferred = fields.HasFlag(Fields.UsedInferred),
            Failure = failure,
            Tokens = tokens,
            Seconds = seconds,
            Steps = steps,
            FirstEditSeconds = firstEdit,
            Cost = cost,
        };
        return new OutcomeEvent(outcome, at);
    }

    private static double? Figure(ref ByteReader reader, Fields fields, Fields field) =>
        fields.HasFlag(field) ? EvidenceBytes.Double(ref reader, 0, double.MaxValue) : null;
}
