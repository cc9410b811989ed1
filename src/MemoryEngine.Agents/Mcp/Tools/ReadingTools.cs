using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace MemoryEngine.Agents.Mcp.Tools;

internal sealed record GetMemoryArguments
{
    [Description("The memory.")]
    public required Guid Id { get; init; }

    [Range(1, int.MaxValue)]
    [Description("A version of it; the current one when not given.")]
    public int? Version { get; init; }

    [Description("True lists its versions as well.")]
    public bool? History { get; init; }

    [Range(0, int.MaxValue)]
    [Description("The first character of the text to give; 0 when not given.")]
    public int? Offset { get; init; }

    [Range(200, 200_000)]
    [Description("How much of the text at most, in characters; 20,000 when not given.")]
    public int? MaxChars { get; init; }
}

internal sealed record ListMemoriesArguments
{
    [Description("Only this domain and below it.")]
    public string? Domain { get; init; }

    [Range(1, 4)]
    [Description("Only this level.")]
    public int? Level { get; init; }

    [AllowedValues("active", "tombstoned", "any")]
    [Description("Only memories in this state; active ones when not given. Tombstoned ones were deleted and can be brought back.")]
    public string? State { get; init; }

    [Range(1, 200)]
    [Description("How many at most; 50 when not given.")]
    public int? Limit { get; init; }

    [Range(0, int.MaxValue)]
    [Description("How many to pass over: next_offset of the answer before.")]
    public int? Offset { get; init; }
}

internal sealed record ListedMemories : HandedOver
{
    [Description("In the order they were remembered.")]
    public required IReadOnlyList<ListedMemory> Memories { get; init; }

    [Description("Where to go on; absent at the end.")]
    public int? NextOffset { get; init; }
}

/// <summary>The tools that read memories without a task.</summary>
internal sealed class ReadingTools(PoolSession session)
{
    private const int UsualChars = 20_000;
    private const int UsualLimit = 50;

    public Task<MemoryDetail> GetAsync(GetMemoryArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Safe, async (pool, c) =>
        {
            var memory = await pool.Store.GetAsync(arguments.Id, arguments.Version, c).ConfigureAwait(false)
                ?? throw (arguments.Version is { } version
                    ? new MemoryEngineException(ErrorCode.NotFound, $"The pool has no version {version} of a memory {arguments.Id}.")
                    : Unknown.Memory(arguments.Id));
            var versions = arguments.History == true ? await pool.Store.HistoryAsync(arguments.Id, c).ConfigureAwait(false) : null;
            return MemoryViews.Detail(memory, versions, arguments.Offset ?? 0, arguments.MaxChars ?? UsualChars);
        },
        cancellation);

    public Task<ListedMemories> ListAsync(ListMemoriesArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Safe, async (pool, c) =>
        {
            var (passed, offset, limit) = (0, arguments.Offset ?? 0, arguments.Limit ?? UsualLimit);
            var memories = new List<ListedMemory>();
            await foreach (var memory in pool.Store.ListAsync(Filter(arguments), c).ConfigureAwait(false))
            {
                if (passed++ < offset) continue;
                if (memories.Count == limit) return new ListedMemories { Memories = memories, NextOffset = offset + limit };
                memories.Add(MemoryViews.Listed(memory));
            }
            return new ListedMemories { Memories = memories };
        },
        cancellation);

    public Task<PoolFigures> StatsAsync(NoArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Safe, async (pool, c) => PoolFigures.Of(
            await pool.Store.StatsAsync(c).ConfigureAwait(false), await pool.Maintenance.SnapshotsAsync(c).ConfigureAwait(false), pool.IsOwner),
        cancellation);

    private static ListFilter Filter(ListMemoriesArguments arguments) => new()
    {
        Domain = arguments.Domain,
        Level = (MemoryLevel?)arguments.Level,
        State = arguments.State switch
        {
            "tombstoned" => MemoryState.Tombstoned,
            "any" => null,
            _ => MemoryState.Active,
        },
    };
}
