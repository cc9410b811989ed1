using System.Collections.Frozen;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Server.Calls;

/// <summary>What each method does with the store. The two have the same words, so there is hardly more than one line to say.</summary>
internal sealed class MethodTable
{
    private static readonly string ServerName = $"memengine {typeof(MethodTable).Assembly.GetName().Version?.ToString(3)}";

    private readonly MemoryStore _store;
    private readonly PipeServerOptions _options;
    private readonly FrozenDictionary<string, Handler> _handlers;

    public MethodTable(MemoryStore store, string pool, PipeServerOptions options)
    {
        (_store, _options) = (store, options);
        var reading = new ReadingMethods(store);
        Handler[] all =
        [
            Light(MemoryMethods.Hello, Hello),
            Light(MemoryMethods.Ping, static (_, _, _) => new(new EmptyReply())),
            Light(MemoryMethods.Remember, RememberAsync),
            Heavy(MemoryMethods.RememberMany, RememberManyAsync),
            Light(MemoryMethods.Revise, ReviseAsync),
            Light(MemoryMethods.Recall, reading.RecallAsync),
            Light(MemoryMethods.Verify, VerifyAsync),
            Light(MemoryMethods.Report, async (r, _, c) =>
                ReportReply.Of(await store.ReportAsync(r.Outcome.ToOutcome(), null, c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Why, async (r, _, c) => WhyReply.Of(await store.WhyAsync(r.Transfer, c).ConfigureAwait(false))),
            Light(MemoryMethods.Get, reading.GetAsync),
            Heavy(MemoryMethods.History, reading.HistoryAsync),
            Light(MemoryMethods.Forget, ForgetAsync),
            Light(MemoryMethods.Restore, RestoreAsync),
            Heavy(MemoryMethods.List, reading.ListAsync),
            Heavy(MemoryMethods.Stats, reading.StatsAsync),
            Heavy(MemoryMethods.Advise, async (r, _, c) => AdviseReply.Of(await store.AdviseAsync(r.ToScenario(), c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Evidence, async (r, _, c) =>
                EvidenceReply.Of(await store.EvidenceAsync(r.ToQuery(), c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Check, async (_, _, c) =>
                CheckReply.Of(await MemoryStore.CheckAsync(pool, new MemoryStoreOptions { ReadOnly = true }, c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Compact, async (r, _, c) => CompactReply.Of(await store.CompactAsync(r.ToOptions(), c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Maintain, async (_, _, c) => CompactReply.Of(await store.MaintainAsync(c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Backup, async (r, _, c) => BackupReply.Of(await store.BackupAsync(r.Path, c).ConfigureAwait(false))),
            Heavy(MemoryMethods.Reembed, async (r, _, c) => ReembedReply.Of(await store.ReembedAsync(r.ToOptions(), c).ConfigureAwait(false))),
            Light(MemoryMethods.SnapshotCreate, async (r, _, c) =>
                SnapshotView.Of(await store.CreateSnapshotAsync(r.Name, c).ConfigureAwait(false))),
            Light(MemoryMethods.SnapshotList, (_, _, _) => new(new SnapshotListReply { Snapshots = [.. store.Snapshots().Select(SnapshotView.Of)] })),
            Light(MemoryMethods.SnapshotDrop, async (r, _, c) =>
            {
                await store.DropSnapshotAsync(r.Name, c).ConfigureAwait(false);
                return new EmptyReply();
            }),
            Heavy(MemoryMethods.SnapshotDiff, (r, _, _) => new(SnapshotDiffReply.Of(store.Diff(r.Earlier, r.Later)))),
            Heavy(MemoryMethods.SnapshotRollback, async (r, _, c) =>
                RollbackReply.Of(await store.RollBackAsync(r.Name, c).ConfigureAwait(false))),
            Light(MemoryMethods.Subscribe, (r, context, _) => new(context.Session.Subscribe(r.After))),
        ];
        _handlers = all.ToFrozenDictionary(h => h.Name, StringComparer.Ordinal);
    }

    /// <summary>The handler of a method; null when there is none.</summary>
    public Handler? Find(string method) => _handlers.GetValueOrDefault(method);

    private static Handler<TRequest, TReply> Light<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, Func<TRequest, CallContext, CancellationToken, ValueTask<TReply>> run)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply> => new(method, CallWeight.Light, run);

    private static Handler<TRequest, TReply> Heavy<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, Func<TRequest, CallContext, CancellationToken, ValueTask<TReply>> run)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply> => new(method, CallWeight.Heavy, run);

    private ValueTask<HelloReply> Hello(HelloRequest request, CallContext context, CancellationToken cancellation)
    {
        if (request.Proto.Least > MemoryMethods.Version || request.Proto.Most < MemoryMethods.Version)
        {
            throw new CallException(
                ProtocolErrorCode.UnsupportedVersion,
                $"The client speaks {request.Proto.Least} to {request.Proto.Most}, the server {MemoryMethods.Version}.");
        }
        context.Session.Authorise(request.Token);
        context.Session.Outbox.SendsTextErrors = request.WantsTextErrors;
        return new(new HelloReply { Proto = MemoryMethods.Version, Server = ServerName, Limits = WireLimits.Of(_options.Limits) });
    }

    private async ValueTask<RememberReply> RememberAsync(RememberRequest request, CallContext context, CancellationToken cancellation)
    {
        var draft = request.Memory.ToDraft();
        var remembering = context.IsOneOfMany
            ? _store.RememberWithOthersAsync(draft, cancellation)
            : _store.RememberAsync(draft, null, cancellation);
        return RememberReply.Of(await remembering.ConfigureAwait(false));
    }

    private async ValueTask<RememberManyReply> RememberManyAsync(
        RememberManyRequest request, CallContext context, CancellationToken cancellation)
    {
        var results = await _store.RememberManyAsync([.. request.Memories.Select(m => m.ToDraft())], null, cancellation).ConfigureAwait(false);
        return new RememberManyReply { Results = [.. results.Select(RememberReply.Of)] };
    }

    private async ValueTask<RememberReply> ReviseAsync(ReviseRequest request, CallContext context, CancellationToken cancellation)
    {
        var draft = request.Memory.ToDraft();
        return RememberReply.Of(await _store.ReviseAsync(draft.Id!.Value, draft, request.ExpectedVersion, cancellation).ConfigureAwait(false));
    }

    private async ValueTask<VerifyReply> VerifyAsync(VerifyRequest request, CallContext context, CancellationToken cancellation) =>
        VerifyReply.Of(await _store.VerifyAsync(request.Ids, request.ToQuery(), cancellation).ConfigureAwait(false));

    private async ValueTask<ForgetReply> ForgetAsync(IdRequest request, CallContext context, CancellationToken cancellation) =>
        new() { Id = request.Id, Forgotten = await _store.ForgetAsync(request.Id, cancellation).ConfigureAwait(false) };

    private async ValueTask<RestoreReply> RestoreAsync(IdRequest request, CallContext context, CancellationToken cancellation) =>
        new() { Id = request.Id, Restored = await _store.RestoreAsync(request.Id, cancellation).ConfigureAwait(false) };
}

/// <summary>What a request meets that the store knows nothing of.</summary>
/// <param name="code">The error's code.</param>
/// <param name="message">What happened.</param>
internal sealed class CallException(ProtocolErrorCode code, string message) : Exception(message)
{
    public ProtocolErrorCode Code => code;
}
