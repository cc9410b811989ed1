using System.Collections.Frozen;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Protocol.Methods;

/// <summary>The methods of a pool. docs/protocol.md describes each, with examples that the tests read.</summary>
public static class MemoryMethods
{
    /// <summary>The version of the protocol that these methods make up; without a hello it is the one that is spoken.</summary>
    public const int Version = 1;

    /// <summary>Agrees on a version and tells limits; optional.</summary>
    public static RpcMethod<HelloRequest, HelloReply> Hello { get; } = new("memory.hello");

    /// <summary>Is answered, and does nothing else.</summary>
    public static RpcMethod<EmptyRequest, EmptyReply> Ping { get; } = new("memory.ping");

    /// <summary>Remembers one memory.</summary>
    public static RpcMethod<RememberRequest, RememberReply> Remember { get; } = new("memory.remember");

    /// <summary>Remembers many memories.</summary>
    public static RpcMethod<RememberManyRequest, RememberManyReply> RememberMany { get; } = new("memory.remember_many");

    /// <summary>Gives a memory a new version.</summary>
    public static RpcMethod<ReviseRequest, RememberReply> Revise { get; } = new("memory.revise");

    /// <summary>Recalls memories for a task.</summary>
    public static RpcMethod<RecallRequest, RecallReply> Recall { get; } = new("memory.recall");

    /// <summary>Verifies memories for a task without recalling them.</summary>
    public static RpcMethod<VerifyRequest, VerifyReply> Verify { get; } = new("memory.verify");

    /// <summary>Tells what came of a transfer.</summary>
    public static RpcMethod<ReportRequest, ReportReply> Report { get; } = new("memory.report");

    /// <summary>A transfer, what came of it and what is known of its memories.</summary>
    public static RpcMethod<WhyRequest, WhyReply> Why { get; } = new("memory.why");

    /// <summary>One memory.</summary>
    public static RpcMethod<GetRequest, MemoryView> Get { get; } = new("memory.get");

    /// <summary>All versions of a memory.</summary>
    public static RpcMethod<HistoryRequest, HistoryReply> History { get; } = new("memory.history");

    /// <summary>Forgets a memory.</summary>
    public static RpcMethod<IdRequest, ForgetReply> Forget { get; } = new("memory.forget");

    /// <summary>Brings a forgotten memory back.</summary>
    public static RpcMethod<IdRequest, RestoreReply> Restore { get; } = new("memory.restore");

    /// <summary>Lists memories, a page at a time.</summary>
    public static RpcMethod<ListRequest, ListReply> List { get; } = new("memory.list");

    /// <summary>The pool's figures.</summary>
    public static RpcMethod<StatsRequest, StatsReply> Stats { get; } = new("memory.stats");

    /// <summary>The mode that the pool is ready for.</summary>
    public static RpcMethod<AdviseRequest, AdviseReply> Advise { get; } = new("memory.advise");

    /// <summary>What the pool's evidence adds up to.</summary>
    public static RpcMethod<EvidenceRequest, EvidenceReply> Evidence { get; } = new("memory.evidence");

    /// <summary>Reads every byte of the pool and checks it.</summary>
    public static RpcMethod<EmptyRequest, CheckReply> Check { get; } = new("memory.check");

    /// <summary>Gives back space.</summary>
    public static RpcMethod<CompactRequest, CompactReply> Compact { get; } = new("memory.compact");

    /// <summary>Does what keeps a pool small and quick to open.</summary>
    public static RpcMethod<EmptyRequest, CompactReply> Maintain { get; } = new("memory.maintain");

    /// <summary>Copies the pool as it is at one moment.</summary>
    public static RpcMethod<BackupRequest, BackupReply> Backup { get; } = new("memory.backup");

    /// <summary>Makes the vectors that are missing, with the pool's embedder.</summary>
    public static RpcMethod<ReembedRequest, ReembedReply> Reembed { get; } = new("memory.reembed");

    /// <summary>Gives what the pool holds now a name.</summary>
    public static RpcMethod<SnapshotRequest, SnapshotView> SnapshotCreate { get; } = new("memory.snapshot.create");

    /// <summary>The snapshots.</summary>
    public static RpcMethod<EmptyRequest, SnapshotListReply> SnapshotList { get; } = new("memory.snapshot.list");

    /// <summary>Takes a snapshot's name away.</summary>
    public static RpcMethod<SnapshotRequest, EmptyReply> SnapshotDrop { get; } = new("memory.snapshot.drop");

    /// <summary>How two moments differ.</summary>
    public static RpcMethod<SnapshotDiffRequest, SnapshotDiffReply> SnapshotDiff { get; } = new("memory.snapshot.diff");

    /// <summary>Makes the pool what it was when a snapshot was made.</summary>
    public static RpcMethod<SnapshotRequest, RollbackReply> SnapshotRollback { get; } = new("memory.snapshot.rollback");

    /// <summary>Asks to be told of changes, as notifications of <see cref="Change"/>.</summary>
    public static RpcMethod<SubscribeRequest, SubscribeReply> Subscribe { get; } = new("memory.subscribe");

    /// <summary>The notification of a change.</summary>
    public static RpcMethod<ChangeNotice, EmptyReply> Change { get; } = new("memory.change");

    /// <summary>The notification of why the server ends the connection.</summary>
    public static RpcMethod<ErrorNotice, EmptyReply> Error { get; } = new(ErrorNotice.Method);

    /// <summary>All that a client can ask for.</summary>
    public static IReadOnlyList<RpcMethod> All { get; } =
    [
        Hello, Ping, Remember, RememberMany, Revise, Recall, Verify, Report, Why, Get, History, Forget, Restore, List, Stats, Advise,
        Evidence, Check, Compact, Maintain, Backup, Reembed, SnapshotCreate, SnapshotList, SnapshotDrop, SnapshotDiff, SnapshotRollback, Subscribe,
    ];

    private static FrozenDictionary<string, RpcMethod> ByName { get; } = All.ToFrozenDictionary(m => m.Name);

    /// <summary>The method of a name; null when there is none.</summary>
    public static RpcMethod? Find(string name) => ByName.GetValueOrDefault(name);
}
