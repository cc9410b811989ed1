using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Fuzz;

/// <summary>The hand-made messages for <see cref="ProtocolTarget"/>: one request and one answer of each method, and each kind of damage.</summary>
internal static class ProtocolSeeds
{
    private static readonly Guid Id = new("01900000-0000-7000-8000-000000000001");

    private static readonly MemoryContent Memory = new()
    {
        Id = Id,
        Format = "workflow",
        Level = 2,
        Domain = "a/b",
        Task = "t",
        Title = "T\u00e9\u20ac\ud83d\ude00",
        Key = "k",
        Text = "x",
        Model = "m",
        Contributor = "c",
        ExpiresUs = 1_760_000_000_000_000,
        Result = "pass",
        Requires = new Dictionary<string, string> { ["language"] = "go", ["os"] = "linux" },
        Tags = ["a", "b"],
        Source = "s",
        License = "MIT",
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["text"] = new[] { 1f, 2f, -0.5f } },
        Extra = "{\"mine\":1}",
    };

    private static readonly MemoryView View =
        new() { Memory = Memory, Version = 1, State = "active", CreatedUs = 1_760_000_000_000_000, IsCurrent = true, Record = 3 };

    private static readonly VerdictView Verdict = new()
    {
        Verdict = "rejected",
        Reasons = ["expired", "in_mode"],
        Details = new Dictionary<string, string> { ["expired"] = "yesterday" },
    };

    private static readonly ScoresView Scores = new() { Vector = 0.5f, Bm25 = 2.25f, Fused = 0.03125f, VectorRank = 1, Bm25Rank = 2 };

    private static readonly OutcomeView Outcome = new()
    {
        Transfer = Id,
        Score = 0.5,
        Judge = "model",
        JudgeModel = "m",
        Used = [Id],
        UsedInferred = true,
        Failure = "misapplied_practice",
        Tokens = 1,
        Seconds = 2.5,
        Steps = 3,
        FirstEditSeconds = 4,
        Cost = 0.25,
    };

    private static readonly SnapshotView Snapshot = new() { Name = "n", Sequence = 5, CreatedUs = 6, Memories = 7 };

    private static readonly RememberReply Remembered = new() { Id = Id, Version = 1, Outcome = "added", Sequence = 5 };

    private static readonly CompactReply Compacted = new()
    {
        JournalBytesBefore = 1,
        JournalBytes = 2,
        RecordBytesBefore = 3,
        RecordBytes = 4,
        VersionsDropped = 5,
        EventsDropped = 6,
    };

    public static IEnumerable<(string Name, byte[] Bytes)> All() => Requests().Concat(Answers()).Concat(Damage());

    /// <summary>The same bytes in segments of a size.</summary>
    public static ReadOnlySequence<byte> InPieces(ReadOnlyMemory<byte> bytes, int size)
    {
        var first = new Piece(bytes[..Math.Min(size, bytes.Length)], null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = new Piece(bytes.Slice(at, Math.Min(size, bytes.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Requests()
    {
        yield return Request(MemoryMethods.Hello, new HelloRequest { Proto = (1, 2), Client = "c", Token = "t", DeadlineMs = 100 });
        yield return Request(MemoryMethods.Ping, new EmptyRequest());
        yield return Request(MemoryMethods.Remember, new RememberRequest { Memory = Memory with { IdempotencyKey = "i" }, DeadlineMs = 70_000 });
        yield return Request(MemoryMethods.RememberMany, new RememberManyRequest { Memories = [Memory, new() { Text = "y" }] });
        yield return Request(MemoryMethods.Revise, new ReviseRequest { Memory = Memory, ExpectedVersion = 1 });
        yield return Request(MemoryMethods.Recall, Recall());
        yield return Request(MemoryMethods.Get, new GetRequest { Id = Id, Version = 1 });
        yield return Request(MemoryMethods.Verify, new VerifyRequest { Ids = [Id], Domain = "a", Mode = "cross", Context = Memory.Requires });
        yield return Request(MemoryMethods.Report, new ReportRequest { Outcome = Outcome });
        yield return Request(MemoryMethods.Why, new WhyRequest { Transfer = Id });
        yield return Request(MemoryMethods.History, new HistoryRequest { Id = Id, AsOf = "s" });
        yield return Request(MemoryMethods.Forget, new IdRequest { Id = Id });
        yield return Request(MemoryMethods.Restore, new IdRequest { Id = Id });
        yield return Request(MemoryMethods.List, new ListRequest { Domain = "a", Level = 2, State = "all", Limit = 10, After = 500 });
        yield return Request(MemoryMethods.Stats, new StatsRequest { AsOf = "s" });
        yield return Request(MemoryMethods.Advise, new AdviseRequest { Scenario = "long-edit" });
        yield return Request(MemoryMethods.Evidence, new EvidenceRequest { Memories = 5, PassValue = 0.5, Upkeep = 0.25 });
        yield return Request(MemoryMethods.Check, new EmptyRequest());
        yield return Request(MemoryMethods.Compact, new CompactRequest { KeepVersionsUs = 1 });
        yield return Request(MemoryMethods.Maintain, new EmptyRequest());
        yield return Request(MemoryMethods.Backup, new BackupRequest { Path = "/p" });
        yield return Request(MemoryMethods.Reembed, new ReembedRequest { BatchTexts = 16, TextsPerSecond = 2.5, DropOld = true });
        yield return Request(MemoryMethods.SnapshotCreate, new SnapshotRequest { Name = "n" });
        yield return Request(MemoryMethods.SnapshotList, new EmptyRequest());
        yield return Request(MemoryMethods.SnapshotDrop, new SnapshotRequest { Name = "n" });
        yield return Request(MemoryMethods.SnapshotDiff, new SnapshotDiffRequest { Earlier = "n", Later = "m" });
        yield return Request(MemoryMethods.SnapshotRollback, new SnapshotRequest { Name = "n" });
        yield return Request(MemoryMethods.Subscribe, new SubscribeRequest { After = 7 });
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Answers()
    {
        var limits = WireLimits.Of(ProtocolLimits.Default);
        var problem = new ProblemView { File = "f", Offset = 70_000, What = "w", Consequence = "c" };
        yield return Answer(MemoryMethods.Hello, new HelloReply { Proto = 1, Server = "s", Limits = limits, Features = ["a"] });
        yield return Answer(MemoryMethods.Ping, new EmptyReply());
        yield return Answer(MemoryMethods.Remember, Remembered);
        yield return Answer(MemoryMethods.RememberMany, new RememberManyReply { Results = [Remembered, Remembered with { Outcome = "unchanged" }] });
        yield return Answer(MemoryMethods.Revise, Remembered with { Outcome = "revised", Version = 2 });
        yield return Answer(MemoryMethods.Recall, Recalled());
        yield return Answer(MemoryMethods.Get, View);
        yield return Answer(MemoryMethods.History, new HistoryReply { Id = Id, Versions = [View with { IsCurrent = false }, View] });
        yield return Answer(MemoryMethods.Forget, new ForgetReply { Id = Id, Forgotten = true });
        yield return Answer(MemoryMethods.Restore, new RestoreReply { Id = Id, Restored = false });
        yield return Answer(MemoryMethods.List, new ListReply { Memories = [View], Next = 1 });
        yield return Answer(MemoryMethods.Stats, Stats());
        yield return Answer(MemoryMethods.Advise, Advice());
        yield return Answer(MemoryMethods.Evidence, Evidence());
        yield return Answer(MemoryMethods.Check, new CheckReply { Ok = false, Bytes = 1_000_000, Problems = [problem] });
        yield return Answer(MemoryMethods.Verify, new VerifyReply { Verdicts = [Verified()] });
        yield return Answer(MemoryMethods.Report, new ReportReply { OutcomeResult = "counted", NotInjected = [Id] });
        yield return Answer(MemoryMethods.Why, Story());
        yield return Answer(MemoryMethods.Compact, Compacted);
        yield return Answer(MemoryMethods.Maintain, Compacted with { VersionsDropped = 0 });
        yield return Answer(MemoryMethods.Backup, new BackupReply { Path = "/p", Sequence = 1, Memories = 2, Bytes = 3 });
        yield return Answer(MemoryMethods.Reembed, Reembedded());
        yield return Answer(MemoryMethods.SnapshotCreate, Snapshot);
        yield return Answer(MemoryMethods.SnapshotList, new SnapshotListReply { Snapshots = [Snapshot] });
        yield return Answer(MemoryMethods.SnapshotDrop, new EmptyReply());
        yield return Answer(MemoryMethods.SnapshotDiff, new SnapshotDiffReply { Added = [Id], Revised = [], Removed = [Id, Id], Changed = [] });
        yield return Answer(MemoryMethods.SnapshotRollback, new RollbackReply { Snapshot = "n", Undo = "u", Sequence = 1 });
        yield return Answer(MemoryMethods.Subscribe, new SubscribeReply { Sequence = 1 });
        yield return ("error", Written(o => RpcWriter.WriteError(o, 7, RpcError.Of(ProtocolErrorCode.Busy, "later"))));
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Damage()
    {
        var request = Request(MemoryMethods.Remember, new RememberRequest { Memory = Memory }).Bytes;
        yield return ("empty", []);
        yield return ("cut", request[..^9]);
        yield return ("two", [.. request, .. request]);
        yield return ("not-utf8", Hex("9400 01 a1ff 90"));
        yield return ("never-used", Hex("9400 c1"));
        yield return ("claims-elements", Hex("9400 01 a0 91 ddffffffff"));
        yield return ("claims-bytes", Hex("9400 01 a0 91 c6ffffffff"));
        yield return ("too-deep", [.. Enumerable.Repeat((byte)0x91, 40), 0x90]);
        yield return ("no-rpc", Hex("8101 02"));
        yield return ("kind-3", Hex("9403 01 a0 90"));
        yield return ("error-and-result", Hex("9401 01 9201a0 01"));
        yield return ("every-form", Hex(
            "dc0016 c0 c2 c3 7f e0 ccff cdffff ceffffffff cfffffffffffffffff d080 d18000 d280000000 d38000000000000000 " +
            "ca3fc00000 cb3ff8000000000000 d90161 da000161 db0000000161 c401aa c50001aa d4ff00 c70cff000000000000000000000000"));
    }

    private static RecallRequest Recall() => new()
    {
        Query = "q",
        Domain = "a/b",
        K = 3,
        Level = (2, 4),
        Format = "insight",
        Model = "m",
        Tag = "t",
        Language = "go",
        WithinDomain = "a",
        ExcludeDomain = "b",
        Mode = "hybrid",
        Scenario = "long-edit",
        Context = Memory.Requires,
        Pins = [new() { Id = Id, Version = 1 }],
        MinScore = 0.5f,
        ByEffect = true,
        Diversity = 0.5,
        Exploration = 0.125,
        Vectors = [new() { Space = "code", Vector = new[] { 1f }, Weight = 2 }],
        TextWeight = 0.5f,
        AsOf = "s",
        Task = "t",
        ConsumerModel = "m",
        Experiment = new() { Design = "factorial", Withhold = 0.5, WithholdWatched = 0.25, HoldOutShare = 0, MinTasks = 100 },
        Record = false,
        Space = "text",
        Vector = new[] { 1f, 2f, -0.5f },
        Explain = true,
    };

    private static RecallReply Recalled() => new()
    {
        Transfer = Id,
        HeldOut = true,
        Withheld = 2,
        Mode = "hybrid",
        Memories = [new() { View = View, Scores = Scores, Verdict = Verdict }],
        LeftOut = [new() { Id = Id, Version = 1, Level = 3, Domain = "a", Scores = Scores, Verdict = Verdict }],
        Considered = 10,
        Sequence = 6,
        Notes = ["n"],
        Plan = [new() { Part = "p", Space = "text", Rows = 1, Matching = 2, Way = "w", CodeDistances = 3, FloatDistances = 4 }],
        Micros = new() { Search = 100, Verify = 20, Total = 300 },
    };

    private static VerifiedView Verified() => new()
    {
        Id = Id,
        Version = 1,
        Verdict = Verdict,
        Specificity = new() { Value = 0.5, Paths = 0, Identifiers = 1, Literals = 0.25, Numbers = 0.1, Code = 0 },
    };

    private static WhyReply Story() => new()
    {
        Transfer = new()
        {
            Id = Id,
            AtUs = 1_760_000_000_000_000,
            Task = "t",
            Domain = "a",
            Mode = "single",
            Scenario = "default",
            ConsumerModel = "m",
            Modality = "text",
            Design = "withhold",
            Seed = "18446744073709551615",
            HeldOut = false,
            HoldOutShare = 0.125,
            PoolTasks = 7,
            Candidates =
            [
                new()
                {
                    Id = Id,
                    Version = 1,
                    Level = 3,
                    Domain = "a",
                    ProducerModel = "p",
                    Contributor = "c",
                    Scores = Scores,
                    Probability = 0.5,
                    Fate = "withheld",
                    Reasons = ["withheld"],
                },
            ],
            Micros = new() { Search = 1, Verify = 2, Total = 3 },
        },
        Outcome = Outcome,
        ReportedUs = 1_760_000_000_000_001,
        Effects = [Effect],
    };

    private static AdviseReply Advice() => new()
    {
        Mode = "cross",
        Risk = "medium",
        Provisional = true,
        CrossModel = false,
        Gates = [new() { Name = "g", Value = 0.5, Low = 0.25, High = 1, Limit = 0.1, Article = 0.1, Verdict = "insufficient", Needed = 7 }],
        Reasons = ["r"],
        DomainVariance = [new() { Level = 3, Memories = 90, Domains = 4, Explained = 0.125, Raw = 0.25 }],
    };

    private static EvidenceReply Evidence() => new()
    {
        AtUs = 1_760_000_000_000_000,
        Outcomes = 3,
        Controls = 1,
        WindowUs = 2_592_000_000_000,
        Kept = 3,
        Measures = [Figure],
        Modes = [new()
        {
            Mode = "hybrid",
            Gain = Figure,
            Loss = Figure,
            Risk = "low",
            ArticleRisk = "high",
            Utilisation = Figure,
            UsedOfInjected = Figure,
        }],
        Groups = [new() { Group = "domain", Key = "a", Gain = Figure }],
        Models = [new() { Producer = "p", Consumer = "c", Outcome = Figure, Lift = Figure }],
        Economy = [new() { Name = "e", Count = 0 }],
        Contributors = [new() { Contributor = "c", Passes = 1.5, Tasks = 2, Influence = 1.0625 }],
        Judges = [new() { Model = "m", Gain = Figure }],
        Failures = new Dictionary<string, long> { ["misapplied_practice"] = 2 },
        MeasuredMemories = 1,
        Memories = [new() { Effect = Effect, Level = 3, Domain = "a", Passes = -0.5, Needed = 597 }],
        Removals = [new() { Decision = Decision, FailuresBefore = 0.5, FailuresSince = 0.25, Outcomes = 4 }],
    };

    private static FigureView Figure => new() { Name = "f", Value = 12.5, Low = -1, High = 30, Count = 40, Article = "> 5" };

    private static EffectView Effect => new()
    {
        Id = Id,
        Version = 1,
        State = "suspect",
        Appearances = 3,
        Effect = -0.25,
        Low = -0.5,
        High = 0.5,
        ControlRate = 0.75,
        HarmE = 20,
        HelpE = 0.5,
    };

    private static DecisionView Decision => new()
    {
        Id = Id,
        Version = 1,
        Domain = "a",
        From = "active",
        To = "quarantined",
        Decided = WireNames.Decisions[0],
        AtUs = 1_760_000_000_000_000,
        EValue = 400,
        Effect = -0.5,
        Low = -0.75,
        High = -0.25,
        Appearances = 120,
        Failures = 3,
        Note = "n",
    };

    private static StatsReply Stats() => new()
    {
        PoolId = Id,
        Memories = 3,
        Records = 4,
        ByLevel = new Dictionary<string, long> { ["1"] = 1, ["3"] = 2 },
        ByDomain = new Dictionary<string, long> { ["a/b"] = 3 },
        Tasks = 2,
        Sequence = 6,
        Bytes = new() { Journal = 8192, Records = 1 << 20, Segments = 5 },
        Unembedded = 1,
        EmbedderProblem = "p",
        OpeningNotes = ["n"],
        Spaces = [new() { Name = "text", Dimension = 384, Metric = "cosine", Embedder = "e", Modality = "text" }],
        Tiers = [new() { Tier = "mutable", Bytes = 100, Reads = 1 }, new() { Tier = "disk", Bytes = 200, Reads = 0 }],
        Health = "ready",
    };

    private static ReembedReply Reembedded() => new()
    {
        Embedder = "e",
        EmbedderRevision = "2",
        Embedded = 70_000,
        Already = 3,
        Skipped = 1,
        SkippedBecause = "w",
        Switched = true,
        DroppedSpaces = 2,
    };

    private static (string Name, byte[] Bytes) Request<TRequest, TReply>(RpcMethod<TRequest, TReply> method, TRequest request)
        where TRequest : class, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply> =>
        (method.Name[7..], Written(o => RpcWriter.WriteRequest(o, 1, method.Name, request)));

    // The number of the answer says which method it is of.
    private static (string Name, byte[] Bytes) Answer<TRequest, TReply>(RpcMethod<TRequest, TReply> method, TReply reply)
        where TRequest : class, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        var number = (uint)MemoryMethods.All.TakeWhile(m => m != method).Count();
        return (method.Name[7..] + "-answer", Written(o => RpcWriter.WriteResult(o, number, reply)));
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
