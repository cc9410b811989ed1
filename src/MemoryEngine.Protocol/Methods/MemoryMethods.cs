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

    /// <summary>One memory.</summary>
    public static RpcMethod<GetRequest, MemoryView> Get { get; } = new("memory.get");

    /// <summary>All versions of a memory.</summary>
    public static RpcMethod<IdRequest, HistoryReply> History { get; } = new("memory.history");

    /// <summary>Forgets a memory.</summary>
    public static RpcMethod<IdRequest, ForgetReply> Forget { get; } = new("memory.forget");

    /// <summary>Brings a forgotten memory back.</summary>
    public static RpcMethod<IdRequest, RestoreReply> Restore { get; } = new("memory.restore");

    /// <summary>Lists memories, a page at a time.</summary>
    public static RpcMethod<ListRequest, ListReply> List { get; } = new("memory.list");

    /// <summary>The pool's figures.</summary>
    public static RpcMethod<EmptyRequest, StatsReply> Stats { get; } = new("memory.stats");

    /// <summary>Reads every byte of the pool and checks it.</summary>
    public static RpcMethod<EmptyRequest, CheckReply> Check { get; } = new("memory.check");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RpcMethod> All { get; } =
        [Hello, Ping, Remember, RememberMany, Revise, Recall, Get, History, Forget, Restore, List, Stats, Check];

    /// <summary>The method of a name; null when there is none.</summary>
    public static RpcMethod? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
