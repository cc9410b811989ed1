using System.Runtime.CompilerServices;
using MemoryEngine.Client.Calls;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Client;

/// <summary>
/// A pool that another process owns, through its pipe: the same methods, types and exceptions as <see cref="MemoryStore"/>. Thread-safe;
/// calls share one connection, any number at once. When it breaks, it is made anew, and what can be repeated without harm is: reading,
/// forgetting, restoring, and remembering (a draft without an id and an idempotency key is given an id here, so that twice is once).
/// </summary>
/// <remarks>
/// Beside what the pool itself throws, calls throw <see cref="MemoryEngineException"/> with <see cref="ErrorCode.Unavailable"/> (nobody
/// answers, or too much is asked of who does), <see cref="ErrorCode.DeadlineExceeded"/> and <see cref="ErrorCode.Protocol"/>. A call that is
/// cancelled returns at once; the server is told, and a write may have happened.
/// </remarks>
public sealed class MemoryClient : IMemoryStore, IPoolMaintenance
{
    private const int PageSize = 256;

    private readonly Link _link;
    private readonly TimeSpan? _deadline;

    private MemoryClient(Link link, TimeSpan? deadline) => (_link, _deadline) = (link, deadline);

    /// <summary>Where the server answers: a socket's path or a pipe's name.</summary>
    public string Address => _link.Address;

    /// <summary>The server's name and version, for logs.</summary>
    public string ServerName => _link.Server.Server;

    /// <summary>Connects to a pool's server.</summary>
    /// <param name="address">A socket's path, or <c>\\.\pipe\NAME</c>.</param>
    /// <param name="options">How to speak to it; null takes the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="MemoryEngineException">Nobody answers there, or not in a version that is spoken here, or the token is another.</exception>
    public static async Task<MemoryClient> ConnectAsync(
        string address, MemoryClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        options ??= new MemoryClientOptions();
        options.Validate();
        var link = new Link(address, options);
        try
        {
            await link.GetAsync(cancellationToken).ConfigureAwait(false);
            return new MemoryClient(link, options.Deadline);
        }
        catch (ServerGoneException e)
        {
            throw link.Unavailable(e, mayHaveHappened: false);
        }
    }

    /// <summary>Connects to whoever owns a pool.</summary>
    /// <param name="pool">The pool's directory.</param>
    /// <param name="options">How to speak to it; null takes the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="MemoryEngineException">Nobody owns the pool, or its owner does not answer others.</exception>
    public static Task<MemoryClient> ConnectToPoolAsync(
        string pool, MemoryClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(pool);
        return MemoryStore.FindOwner(pool)?.Pipe is { } address
            ? ConnectAsync(address, options, cancellationToken)
            : throw new MemoryEngineException(
                ErrorCode.Unavailable, $"Nobody serves the pool {pool}. Start 'memengine serve --pool {pool}', or open the pool in this process.");
    }

    /// <summary>The same pool over the same connection, with another deadline for each call; null for none.</summary>
    public MemoryClient WithDeadline(TimeSpan? deadline)
    {
        (_link.Options with { Deadline = deadline }).Validate();
        return new MemoryClient(_link, deadline);
    }

    /// <summary>Asks for an answer, and for nothing else.</summary>
    public async ValueTask PingAsync(CancellationToken cancellationToken = default) =>
        await CallAsync(MemoryMethods.Ping, new EmptyRequest(), CallKind.Quick | CallKind.Repeatable, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<RememberResult> RememberAsync(MemoryDraft draft, CancellationToken cancellationToken = default)
    {
        var (content, isNew) = Content(draft);
        var reply = await CallAsync(
            MemoryMethods.Remember, new RememberRequest { Memory = content }, CallKind.Repeatable, cancellationToken).ConfigureAwait(false);
        return Result(reply, isNew);
    }

    /// <summary>Remembers a text as an insight of a domain.</summary>
    public ValueTask<RememberResult> RememberAsync(string text, string domain = "", CancellationToken cancellationToken = default) =>
        RememberAsync(new MemoryDraft { Text = text, Domain = domain }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RememberResult>> RememberManyAsync(
        IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var contents = drafts.Select(Content).ToList();
        var request = new RememberManyRequest { Memories = [.. contents.Select(c => c.Content)] };
        var reply = await CallAsync(MemoryMethods.RememberMany, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false);
        return [.. reply.Results.Select((r, i) => Result(r, contents[i].IsNew))];
    }

    /// <inheritdoc/>
    public async ValueTask<RememberResult> ReviseAsync(
        Guid id, MemoryDraft draft, int? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (draft.Id is { } other && other != id)
            throw new ArgumentException($"The draft has the id {other}, the memory to revise {id}.", nameof(draft));
        var request = new ReviseRequest { Memory = MemoryContent.Of(draft) with { Id = id }, ExpectedVersion = expectedVersion };
        // With an expected version the second time is a conflict with the first, unless a key says that it is the same.
        var kind = expectedVersion is null || draft.IdempotencyKey is not null ? CallKind.Repeatable : CallKind.None;
        return (await CallAsync(MemoryMethods.Revise, request, kind, cancellationToken).ConfigureAwait(false)).ToResult();
    }

    /// <inheritdoc/>
    public ValueTask<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellationToken = default) =>
        new Reading(this, null).RecallAsync(query, cancellationToken);

    /// <summary>Recalls memories for a task that is given as text.</summary>
    public ValueTask<RecallResult> RecallAsync(
        string text, string? domain = null, int k = 3, CancellationToken cancellationToken = default) =>
        RecallAsync(new RecallQuery { Text = text, Domain = domain, K = k }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VerifiedMemory>> VerifyAsync(
        IReadOnlyList<Guid> ids, VerifyQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var reply = await CallAsync(
            MemoryMethods.Verify, VerifyRequest.Of(ids, query), CallKind.Quick | CallKind.Repeatable, cancellationToken).ConfigureAwait(false);
        return reply.ToVerified();
    }

    /// <inheritdoc/>
    public async ValueTask<OutcomeAnswer> ReportAsync(Outcome outcome, CancellationToken cancellationToken = default)
    {
        var request = new ReportRequest { Outcome = OutcomeView.Of(outcome) };
        return (await CallAsync(MemoryMethods.Report, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToAnswer();
    }

    /// <inheritdoc/>
    public async Task<TransferStory> WhyAsync(Guid transfer, CancellationToken cancellationToken = default)
    {
        var request = new WhyRequest { Transfer = transfer };
        return (await CallAsync(MemoryMethods.Why, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToStory();
    }

    /// <inheritdoc/>
    public async Task<Advice> AdviseAsync(
        TransferScenario scenario = TransferScenario.Default, CancellationToken cancellationToken = default)
    {
        var request = AdviseRequest.Of(scenario);
        return (await CallAsync(MemoryMethods.Advise, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToAdvice();
    }

    /// <inheritdoc/>
    public async Task<EvidenceReport> EvidenceAsync(EvidenceQuery? query = null, CancellationToken cancellationToken = default)
    {
        var request = EvidenceRequest.Of(query);
        return (await CallAsync(MemoryMethods.Evidence, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToReport();
    }

    /// <inheritdoc/>
    public ValueTask<MemoryVersion?> GetAsync(Guid id, int? version = null, CancellationToken cancellationToken = default) =>
        new Reading(this, null).GetAsync(id, version, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, CancellationToken cancellationToken = default) =>
        new Reading(this, null).HistoryAsync(id, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<MemoryVersion> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        new Reading(this, null).ListAsync(filter, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PoolStats> StatsAsync(CancellationToken cancellationToken = default) =>
        new Reading(this, null).StatsAsync(cancellationToken);

    /// <summary>The pool as it was when a snapshot was made.</summary>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    public async ValueTask<IMemoryReader> OpenSnapshotAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var snapshots = await SnapshotsAsync(cancellationToken).ConfigureAwait(false);
        return snapshots.Any(s => s.Name == name)
            ? new Reading(this, name)
            : throw new MemoryEngineException(ErrorCode.NotFound, $"There is no snapshot '{name}'.");
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ForgetAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Forget, new IdRequest { Id = id }, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).Forgotten;

    /// <inheritdoc/>
    public async ValueTask<bool> RestoreAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Restore, new IdRequest { Id = id }, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).Restored;

    /// <inheritdoc/>
    public IAsyncEnumerable<MemoryChange> WatchAsync(long? after = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after ?? 0, nameof(after));
        return ChangeStream.ReadAsync(_link, after, cancellationToken);
    }

    /// <summary>Reads every byte of the pool and checks it.</summary>
    public async Task<CheckReport> CheckAsync(CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Check, new EmptyRequest(), CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToReport();

    /// <inheritdoc/>
    public async ValueTask<SnapshotInfo> CreateSnapshotAsync(string name, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.SnapshotCreate, Named(name), CallKind.None, cancellationToken).ConfigureAwait(false)).ToInfo();

    /// <summary>
    /// Makes the vectors that are missing, with the embedder of the pool's owner, while the pool is used. A run that was cancelled or broken
    /// off goes on where it ended when it is asked for again. Nobody is told of its progress.
    /// </summary>
    /// <param name="options">How; null for the defaults. Without an embedder, which cannot be sent.</param>
    /// <param name="cancellationToken">Stops it; what was made by then is kept.</param>
    /// <exception cref="ArgumentException">The options bring an embedder, or the pool has none that needs it.</exception>
    /// <exception cref="MemoryEngineException">The embedder failed, or the pool is being re-embedded already.</exception>
    public async Task<ReembedResult> ReembedAsync(ReembedOptions? options = null, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Reembed, ReembedRequest.Of(options ?? new()), CallKind.None, cancellationToken).ConfigureAwait(false))
        .ToResult();

    /// <inheritdoc/>
    public async ValueTask DropSnapshotAsync(string name, CancellationToken cancellationToken = default) =>
        await CallAsync(MemoryMethods.SnapshotDrop, Named(name), CallKind.None, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SnapshotInfo>> SnapshotsAsync(CancellationToken cancellationToken = default)
    {
        var reply = await CallAsync(
            MemoryMethods.SnapshotList, new EmptyRequest(), CallKind.Quick | CallKind.Repeatable, cancellationToken).ConfigureAwait(false);
        return [.. reply.Snapshots.Select(s => s.ToInfo())];
    }

    /// <inheritdoc/>
    public async ValueTask<SnapshotDiff> DiffAsync(string earlier, string? later = null, CancellationToken cancellationToken = default)
    {
        var request = new SnapshotDiffRequest { Earlier = earlier, Later = later };
        return (await CallAsync(MemoryMethods.SnapshotDiff, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToDiff();
    }

    /// <inheritdoc/>
    public async ValueTask<RollbackResult> RollBackAsync(string name, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.SnapshotRollback, Named(name), CallKind.None, cancellationToken).ConfigureAwait(false)).ToResult();

    /// <inheritdoc/>
    public async Task<CompactResult> CompactAsync(CompactOptions? options = null, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Compact, CompactRequest.Of(options), CallKind.None, cancellationToken).ConfigureAwait(false)).ToResult();

    /// <inheritdoc/>
    public async Task<CompactResult> MaintainAsync(CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Maintain, new EmptyRequest(), CallKind.None, cancellationToken).ConfigureAwait(false)).ToResult();

    /// <inheritdoc/>
    public async Task<BackupInfo> BackupAsync(string path, CancellationToken cancellationToken = default) =>
        (await CallAsync(MemoryMethods.Backup, new BackupRequest { Path = path }, CallKind.None, cancellationToken).ConfigureAwait(false)).ToInfo();

    /// <summary>Closes the connection. The pool stays with its owner.</summary>
    public ValueTask DisposeAsync()
    {
        _link.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<TReply> CallAsync<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, TRequest request, CallKind kind, CancellationToken cancellation)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply> => _link.CallAsync(method, request, kind, _deadline, cancellation);

    private static SnapshotRequest Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new SnapshotRequest { Name = name };
    }

    private static (MemoryContent Content, bool IsNew) Content(MemoryDraft draft)
    {
        var content = MemoryContent.Of(draft);
        return content is { Id: null, IdempotencyKey: null } ? (content with { Id = Guid.CreateVersion7() }, true) : (content, false);
    }

    // An id that was made for this call is in the pool already only if the call was repeated.
    private static RememberResult Result(RememberReply reply, bool isNew)
    {
        var result = reply.ToResult();
        return isNew && result.Outcome == RememberOutcome.Unchanged ? result with { Outcome = RememberOutcome.Added } : result;
    }

    /// <summary>The pool as it is now, or as a snapshot has it.</summary>
    private sealed class Reading(MemoryClient client, string? asOf) : IMemoryReader
    {
        private const CallKind QuickRead = CallKind.Quick | CallKind.Repeatable;

        public ValueTask<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellationToken = default)
        {
            var request = RecallRequest.Of(query);
            if (asOf is not null) request = request with { AsOf = asOf };
            var reply = client.CallAsync(MemoryMethods.Recall, request, QuickRead, cancellationToken);
            return reply.IsCompletedSuccessfully ? new(reply.Result.ToResult()) : AwaitAsync(reply);

            static async ValueTask<RecallResult> AwaitAsync(ValueTask<RecallReply> reply) => (await reply.ConfigureAwait(false)).ToResult();
        }

        public async ValueTask<MemoryVersion?> GetAsync(Guid id, int? version = null, CancellationToken cancellationToken = default)
        {
            if (version < 1) return null;
            var request = new GetRequest { Id = id, Version = version, AsOf = asOf };
            try
            {
                return (await client.CallAsync(MemoryMethods.Get, request, QuickRead, cancellationToken).ConfigureAwait(false)).ToVersion();
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.NotFound)
            {
                return null;
            }
        }

        public async ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, CancellationToken cancellationToken = default)
        {
            var request = new HistoryRequest { Id = id, AsOf = asOf };
            try
            {
                var reply = await client.CallAsync(MemoryMethods.History, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false);
                return [.. reply.Versions.Select(v => v.ToVersion())];
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.NotFound)
            {
                return [];
            }
        }

        public async IAsyncEnumerable<MemoryVersion> ListAsync(
            ListFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var request = ListRequest.Of(filter ?? new ListFilter()) with { Limit = PageSize, AsOf = asOf };
            while (true)
            {
                var page = await client.CallAsync(MemoryMethods.List, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false);
                foreach (var memory in page.Memories) yield return memory.ToVersion();
                if (page.Next is not { } next) yield break;
                request = request with { After = next };
            }
        }

        public async ValueTask<PoolStats> StatsAsync(CancellationToken cancellationToken = default)
        {
            var request = new StatsRequest { AsOf = asOf };
            return (await client.CallAsync(MemoryMethods.Stats, request, CallKind.Repeatable, cancellationToken).ConfigureAwait(false)).ToStats();
        }
    }
}
