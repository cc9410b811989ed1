using System.Collections.Concurrent;
using MemoryEngine.Tests.Model;

namespace MemoryEngine.Tests.Reliability;

/// <summary>
/// A script of steps that covers every verb, chosen by a seed and by what the pool holds, so that it goes on whatever a
/// fault has prevented. Every moment it may leave is kept by its sequence.
/// </summary>
internal sealed class ScriptRun(SimulatedPool pool, int seed)
{
    // Pool and vector space are declared by the opening.
    private const long Born = 2;

    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<long, Oracle> _moments = new() { [Born] = Oracle.Empty };
    private readonly ScriptSteps _steps = new(pool.Clock, new Random(seed + 1));
    private Progress _progress = new(0, Born, null);

    public MemoryStore Store { get; private set; } = null!;

    public Oracle Oracle { get; private set; } = Oracle.Empty;

    public long Sequence { get; private set; } = Born;

    /// <summary>Safe to ask from any thread.</summary>
    public Progress Progress => Volatile.Read(ref _progress);

    /// <summary>What the pool held, or will hold, at a sequence.</summary>
    public Oracle? At(long sequence) => _moments.GetValueOrDefault(sequence);

    /// <summary>Every version of what was purged at a sequence or before it.</summary>
    public IReadOnlyCollection<MemoryDraft> PurgedAt(long sequence) =>
        [.. _steps.Drafts.Where(d => At(sequence)!.Purged.Contains(d.Id!.Value))];

    /// <summary>What scripts and those who check them open pools with.</summary>
    public static MemoryStoreOptions Vary(MemoryStoreOptions options) => options with
    {
        LexicalOnly = true,
        Spaces = [new VectorSpace("v", 4, Metric.L2)],
        JournalFileBytes = 8_000,
        CheckpointBytes = 20_000,
        CheckpointOnCloseBytes = 1,
        IdempotencyRetention = TimeSpan.FromDays(10_000),
        SegmentLimits = new(SealRows: 24),
    };

    public async Task OpenAsync() => Store = await pool.OpenAsync(Vary);

    /// <summary>Does one step whole, for scripts that nothing is to disturb.</summary>
    public async Task StepAsync(int number)
    {
        var step = Begin(number);
        if (step.Do is null)
        {
            await Store.DisposeAsync();
            await OpenAsync();
        }
        else
        {
            await step.Do(Store);
        }
        End(step);
    }

    /// <summary>Chooses the step of a number and notes that it is under way.</summary>
    public Step Begin(int number)
    {
        if (_random.Next(8) == 0) pool.Clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 100)));
        var step = _steps.Next(number, Oracle, Sequence);
        _moments[step.Sequence] = step.After;
        var backup = step.Backup is { } path ? new ScriptBackup(path, Oracle, IsDone: false) : _progress.Backup;
        Volatile.Write(ref _progress, new Progress(_progress.Floor, step.Sequence, step.Verb, backup));
        return step;
    }

    /// <summary>Notes that a step was acknowledged.</summary>
    public void End(Step step)
    {
        (Oracle, Sequence) = (step.After, step.Sequence);
        var floor = step.Durability == Durability.Device ? step.Sequence : _progress.Floor;
        var backup = step.Backup is null ? _progress.Backup : _progress.Backup! with { IsDone = true };
        Volatile.Write(ref _progress, _progress with { Floor = floor, Backup = backup });
        Assert.Equal(Sequence, Store.Stats().Sequence);
    }

    /// <summary>Goes on from what a crash or a fault has left.</summary>
    public void Resume(long sequence)
    {
        Assert.InRange(sequence, _progress.Floor, _progress.Ceiling);
        Oracle = At(sequence) ?? throw new InvalidOperationException($"The pool is at sequence {sequence}, where no step ended.");
        Sequence = sequence;
        foreach (var later in _moments.Keys.Where(s => s > sequence).ToList()) _moments.TryRemove(later, out _);
        Volatile.Write(ref _progress, _progress with { Floor = sequence, Ceiling = sequence });
    }
}
