using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>A recall was handed to an agent: the bytes of a <see cref="Transfer"/>. The first 16 are its id.</summary>
internal static class TransferEvent
{
    /// <summary>More candidates are not recorded.</summary>
    public const int MostCandidates = 4096;

    [Flags]
    private enum Fields : byte
    {
        None = 0,
        ConsumerModel = 1,
        HeldOut = 2,
        HoldOutShare = 4,
        All = 7,
    }

    [Flags]
    private enum CandidateFields : byte
    {
        None = 0,
        Producer = 1,
        Contributor = 2,
        Vector = 4,
        VectorRank = 8,
        Bm25 = 16,
        Bm25Rank = 32,
        Probability = 64,
        All = 127,
    }

    public static void Encode(Transfer transfer, ByteWriter writer)
    {
        var fields = (transfer.ConsumerModel is null ? 0 : Fields.ConsumerModel) | (transfer.IsHeldOut ? Fields.HeldOut : 0)
            | (transfer.HoldOutShare == 0 ? 0 : Fields.HoldOutShare);
        writer.Guid(transfer.Id);
        EvidenceBytes.Time(writer, transfer.At);
        writer.Byte((byte)fields);
        writer.Byte((byte)transfer.Mode);
        writer.Byte((byte)transfer.Scenario);
        writer.Byte((byte)transfer.Design);
        EvidenceBytes.UInt64(writer, transfer.Seed);
        writer.Int64(transfer.PoolTasks);
        writer.Int64(transfer.Micros.Search);
        writer.Int64(transfer.Micros.Verify);
        writer.Int64(transfer.Micros.Total);
        writer.String(transfer.Task);
        writer.String(transfer.TargetDomain);
        writer.String(transfer.Modality);
        EvidenceBytes.Optional(writer, transfer.ConsumerModel);
        if (fields.HasFlag(Fields.HoldOutShare)) EvidenceBytes.Double(writer, transfer.HoldOutShare);
        writer.VarInt(transfer.Candidates.Count);
        for (var i = 0; i < transfer.Candidates.Count; i++) Encode(transfer.Candidates[i], writer);
    }

    public static byte[] Encode(Transfer transfer)
    {
        using var writer = new ByteWriter(1024);
        Encode(transfer, writer);
        return writer.ToArray();
    }

    /// <summary>The id alone, of a payload that is whole.</summary>
    public static Guid IdOf(ReadOnlySpan<byte> payload) => payload.Length < 16 ? Guid.Empty : new Guid(payload[..16], bigEndian: true);

    public static Transfer? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (id, at, fields) = (reader.Guid(), EvidenceBytes.Time(ref reader), (Fields)reader.Byte());
        var (mode, scenario) = (EvidenceBytes.Enum<TransferMode>(ref reader), EvidenceBytes.Enum<TransferScenario>(ref reader));
        var (design, seed) = (EvidenceBytes.Enum<InclusionDesign>(ref reader), EvidenceBytes.UInt64(ref reader));
        var tasks = EvidenceBytes.Count(ref reader);
        var micros = new TransferTimings(
            EvidenceBytes.Count(ref reader), EvidenceBytes.Count(ref reader), EvidenceBytes.Count(ref reader));
        var (task, domain, modality) = (reader.String(), reader.String(), reader.String());
        var consumer = EvidenceBytes.Optional(ref reader, fields.HasFlag(Fields.ConsumerModel));
        var share = fields.HasFlag(Fields.HoldOutShare) ? EvidenceBytes.Double(ref reader, double.Epsilon, 1) : 0;
        var count = reader.VarInt();
        // A candidate takes more bytes than one.
        if (count > MostCandidates || count > reader.Remaining || mode == TransferMode.Auto || (fields & ~Fields.All) != 0) reader.Fail();
        var candidates = new TransferCandidate[reader.Failed ? 0 : count];
        for (var i = 0; i < candidates.Length && !reader.Failed; i++) candidates[i] = DecodeCandidate(ref reader);
        if (reader.Failed || !reader.AtEnd) return null;
        return new Transfer
        {
            Id = id,
            At = at,
            Task = task,
            TargetDomain = domain,
            Mode = mode,
            Scenario = scenario,
            ConsumerModel = consumer,
            Modality = modality,
            Design = design,
            Seed = seed,
            IsHeldOut = fields.HasFlag(Fields.HeldOut),
            HoldOutShare = share,
            PoolTasks = tasks,
            Candidates = candidates,
            Micros = micros,
        };
    }

    private static void Encode(TransferCandidate candidate, ByteWriter writer)
    {
        var scores = candidate.Scores;
        var fields = (candidate.ProducerModel is null ? 0 : CandidateFields.Producer)
            | (candidate.Contributor is null ? 0 : CandidateFields.Contributor)
            | (scores.Vector is null ? 0 : CandidateFields.Vector)
            | (scores.VectorRank is null ? 0 : CandidateFields.VectorRank)
            | (scores.Bm25 is null ? 0 : CandidateFields.Bm25)
            | (scores.Bm25Rank is null ? 0 : CandidateFields.Bm25Rank)
            | (candidate.Probability == 1 ? 0 : CandidateFields.Probability);
        writer.Guid(candidate.Memory);
        writer.VarInt(candidate.Version);
        writer.Byte((byte)candidate.Level);
        writer.Byte((byte)candidate.Fate);
        writer.Byte((byte)fields);
        writer.String(candidate.Domain);
        EvidenceBytes.Optional(writer, candidate.ProducerModel);
        EvidenceBytes.Optional(writer, candidate.Contributor);
        if (scores.Vector is { } vector) EvidenceBytes.Single(writer, vector);
        if (scores.VectorRank is { } vectorRank) writer.VarInt(vectorRank);
        if (scores.Bm25 is { } bm25) EvidenceBytes.Single(writer, bm25);
        if (scores.Bm25Rank is { } bm25Rank) writer.VarInt(bm25Rank);
        EvidenceBytes.Single(writer, scores.Fused);
        if (fields.HasFlag(CandidateFields.Probability)) EvidenceBytes.Double(writer, candidate.Probability);
        writer.VarInt(candidate.Reasons.Count);
        for (var i = 0; i < candidate.Reasons.Count; i++) writer.Byte((byte)candidate.Reasons[i]);
    }

    private static TransferCandidate DecodeCandidate(ref ByteReader reader)
    {
        var (memory, version, level) = (reader.Guid(), reader.VarInt(), EvidenceBytes.Enum<MemoryLevel>(ref reader));
        var (fate, fields) = (EvidenceBytes.Enum<CandidateFate>(ref reader), (CandidateFields)reader.Byte());
        if (version < 1 || (fields & ~CandidateFields.All) != 0) reader.Fail();
        var domain = reader.String();
        var producer = EvidenceBytes.Optional(ref reader, fields.HasFlag(CandidateFields.Producer));
        var contributor = EvidenceBytes.Optional(ref reader, fields.HasFlag(CandidateFields.Contributor));
        float? vector = fields.HasFlag(CandidateFields.Vector) ? EvidenceBytes.Single(ref reader) : null;
        int? vectorRank = fields.HasFlag(CandidateFields.VectorRank) ? reader.VarInt() : null;
        float? bm25 = fields.HasFlag(CandidateFields.Bm25) ? EvidenceBytes.Single(ref reader) : null;
        int? bm25Rank = fields.HasFlag(CandidateFields.Bm25Rank) ? reader.VarInt() : null;
        var fused = EvidenceBytes.Single(ref reader);
        // 1 has a form of its own.
        var probability = fields.HasFlag(CandidateFields.Probability) ? EvidenceBytes.Double(ref reader, 0, Math.BitDecrement(1.0)) : 1;
        return new TransferCandidate
        {
            Memory = memory,
            Version = version,
            Level = level,
            Domain = domain,
            ProducerModel = producer,
            Contributor = contributor,
            Scores = new RecallScores(vector, vectorRank, bm25, bm25Rank, fused),
            Probability = probability,
            Fate = fate,
            Reasons = DecodeReasons(ref reader),
        };
    }

    private static ReasonCode[] DecodeReasons(ref ByteReader reader)
    {
        var bytes = reader.Block();
        var reasons = new ReasonCode[bytes.Length];
        for (var i = 0; i < reasons.Length; i++)
        {
            reasons[i] = (ReasonCode)bytes[i];
            if (!Enum.IsDefined(reasons[i])) reader.Fail();
        }
        return reasons;
    }
}
