using System.Buffers;
using System.Collections;
using System.Reflection;
using FsCheck.Fluent;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;
using Xunit.Abstractions;

namespace MemoryEngine.Protocol.Tests.Methods;

/// <summary>What the engine takes and gives is the same behind the pipe: each of its types goes through bytes and comes back.</summary>
public sealed class EngineMappingTests(ITestOutputHelper output)
{
    private static readonly Dictionary<Type, Func<object, object>> Ways = new()
    {
        [typeof(MemoryDraft)] = v => Sent(MemoryContent.Of((MemoryDraft)v)).ToDraft(),
        [typeof(MemoryVersion)] = v => Sent(MemoryView.Of((MemoryVersion)v)).ToVersion(),
        [typeof(RecallQuery)] = v => Sent(RecallRequest.Of((RecallQuery)v)).ToQuery(),
        [typeof(RecallResult)] = v => Sent(RecallReply.Of((RecallResult)v)).ToResult(),
        [typeof(VerifyQuery)] = v => Sent(VerifyRequest.Of([], (VerifyQuery)v)).ToQuery(),
        [typeof(VerifiedMemory)] = v => Sent(VerifyReply.Of([(VerifiedMemory)v])).ToVerified()[0],
        [typeof(RememberResult)] = v => Sent(RememberReply.Of((RememberResult)v)).ToResult(),
        [typeof(Outcome)] = v => Sent(OutcomeView.Of((Outcome)v)).ToOutcome(),
        [typeof(OutcomeAnswer)] = v => Sent(ReportReply.Of((OutcomeAnswer)v)).ToAnswer(),
        [typeof(TransferStory)] = v => Sent(WhyReply.Of((TransferStory)v)).ToStory(),
        [typeof(ListFilter)] = v => Sent(ListRequest.Of((ListFilter)v)).ToFilter(),
        [typeof(PoolStats)] = v => Sent(StatsReply.Of((PoolStats)v)).ToStats(),
        [typeof(Advice)] = v => Sent(AdviseReply.Of((Advice)v)).ToAdvice(),
        [typeof(EvidenceQuery)] = v => Sent(EvidenceRequest.Of((EvidenceQuery)v)).ToQuery(),
        [typeof(EvidenceReport)] = v => Sent(EvidenceReply.Of((EvidenceReport)v)).ToReport(),
        [typeof(CheckReport)] = v => Sent(CheckReply.Of((CheckReport)v)).ToReport(),
        [typeof(CompactOptions)] = v => Sent(CompactRequest.Of((CompactOptions)v)).ToOptions(),
        [typeof(CompactResult)] = v => Sent(CompactReply.Of((CompactResult)v)).ToResult(),
        [typeof(ReembedResult)] = v => Sent(ReembedReply.Of((ReembedResult)v)).ToResult(),
        [typeof(BackupInfo)] = v => Sent(BackupReply.Of((BackupInfo)v)).ToInfo(),
        [typeof(SnapshotInfo)] = v => Sent(SnapshotView.Of((SnapshotInfo)v)).ToInfo(),
        [typeof(SnapshotDiff)] = v => Sent(SnapshotDiffReply.Of((SnapshotDiff)v)).ToDiff(),
        [typeof(RollbackResult)] = v => Sent(RollbackReply.Of((RollbackResult)v)).ToResult(),
        [typeof(MemoryChange)] = v => Sent(ChangeNotice.Of((MemoryChange)v)).ToChange()!,
    };

    public static TheoryData<string> Types => [.. Ways.Keys.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_of_the_engine_comes_back_as_it_was(string name)
    {
        var (type, way) = Ways.Single(w => w.Key.Name == name);
        Seeds.Check(output, Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            var value = new RandomModel(new Random(seed)).Make(type);
            // The least level first, or the server refuses it as the engine does.
            if (value is RecallQuery { } q && q.MinLevel > q.MaxLevel) value = q with { MinLevel = q.MaxLevel, MaxLevel = q.MinLevel };
            Assert.Equal(Text(value), Text(way(value)));
        }));
    }

    [Fact]
    public void What_a_request_leaves_out_is_the_engines_own_default()
    {
        Assert.Equal(Text(new RecallQuery()), Text(new RecallRequest().ToQuery()));
        Assert.Equal(Text(new ListFilter()), Text(new ListRequest().ToFilter()));
        Assert.Equal(Text(new VerifyQuery()), Text(new VerifyRequest { Ids = [] }.ToQuery()));
        Assert.Equal(Text(new EvidenceQuery()), Text(new EvidenceRequest().ToQuery()));
        Assert.Equal(Text(new CompactOptions()), Text(new CompactRequest().ToOptions()));
        Assert.Equal(Text(new MemoryDraft { Text = "x" }), Text(new MemoryContent { Text = "x" }.ToDraft()));
    }

    [Fact]
    public void A_reason_that_only_a_newer_server_knows_is_told_and_loses_nothing()
    {
        var view = new VerdictView
        {
            Verdict = "rejected",
            Reasons = ["from_the_future", "expired", "another"],
            Details = new Dictionary<string, string> { ["from_the_future"] = "because" },
        };
        var reasons = view.ToVerdict().Reasons;
        Assert.Equal([default, ReasonCode.Expired, default], reasons.Select(r => r.Code));
        Assert.Equal(["from_the_future: because", null, "another"], reasons.Select(r => r.Detail));
    }

    [Fact]
    public void A_kind_of_failure_that_only_a_newer_server_knows_is_left_out()
    {
        var report = (EvidenceReport)new RandomModel(new Random(1)).Make(typeof(EvidenceReport));
        var reply = EvidenceReply.Of(report) with
        {
            Failures = new Dictionary<string, long> { ["from_the_future"] = 3, ["misapplied_practice"] = 2 },
        };
        Assert.Equal((FailureClass.MisappliedPractice, 2L), Assert.Single(reply.ToReport().Failures.Select(f => (f.Key, f.Value))));
    }

    [Fact]
    public void A_change_of_a_kind_that_only_a_newer_server_knows_is_none() =>
        Assert.Null(new ChangeNotice { Sequence = 1, Kind = "folded" }.ToChange());

    private static T Sent<T>(T map)
        where T : class, IWireMap<T>
    {
        var bytes = new ArrayBufferWriter<byte>();
        RpcWriter.WriteResult(bytes, 1, map);
        var message = RpcMessage.Parse(new ReadOnlySequence<byte>(bytes.WrittenMemory), ProtocolLimits.Default);
        return new RpcMethod<EmptyRequest, T>("any").ReadResult(message.Result, ProtocolLimits.Default);
    }

    // All public properties, in depth: what a type has and the way does not carry is a difference.
    private static string Text(object? value) => value switch
    {
        null => "nothing",
        string v => $"'{v}'",
        float v => BitConverter.SingleToInt32Bits(v).ToString("x8"),
        ReadOnlyMemory<float> v => string.Join(' ', v.ToArray().Select(f => Text(f))),
        IDictionary v => string.Join(", ", v.Keys.Cast<object>().Select(k => $"{Text(k)}={Text(v[k])}").Order(StringComparer.Ordinal)),
        IEnumerable v => $"[{string.Join(", ", v.Cast<object>().Select(Text))}]",
        Enum or Guid or DateTimeOffset or TimeSpan or ValueType and IFormattable or bool => value.ToString()!,
        _ => $"{{{string.Join(", ", Properties(value).Select(p => $"{p.Name}: {Text(p.GetValue(value))}"))}}}",
    };

    private static IEnumerable<PropertyInfo> Properties(object value) =>
        value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0);
}
