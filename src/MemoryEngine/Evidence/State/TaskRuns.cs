using MemoryEngine.Evidence.Gates;

namespace MemoryEngine.Evidence.State;

/// <summary>
/// Pairs runs of the same task by the same model: the first without memory with the first with memory, and, where there is a second
/// without, that as well. Bounded: of too many open tasks the oldest are given up.
/// </summary>
internal sealed class TaskRuns(int most)
{
    private readonly Dictionary<(string Domain, string Task, string Model), Runs> _runs = [];
    private readonly Queue<(string Domain, string Task, string Model)> _order = new();

    public PairCounts Pairs { get; private set; }

    public FlipCounts Flips { get; private set; }

    /// <summary>Takes a run.</summary>
    /// <param name="transfer">What it was handed.</param>
    /// <param name="isPass">How it ended.</param>
    /// <param name="used">The memories that its agent said it used.</param>
    /// <returns>Where this shows that a run with memory failed at a task that passed without: the memories which that run used.</returns>
    public IReadOnlyList<VersionKey> Add(Transfer transfer, bool isPass, IReadOnlyList<VersionKey> used)
    {
        // Runs whose task nobody names cannot be of the same one.
        if (transfer.Task.Length == 0) return [];
        var key = (transfer.TargetDomain, transfer.Task, transfer.ConsumerModel ?? "");
        if (!_runs.TryGetValue(key, out var runs))
        {
            if (_runs.Count == most) _runs.Remove(_order.Dequeue());
            _order.Enqueue(key);
        }
        var losses = Pairs.Losses;
        if (!transfer.IsHeldOut && runs.Memory is null && !isPass) runs = runs with { Used = [.. used] };
        _runs[key] = runs = Pair(runs, transfer.IsHeldOut, isPass);
        return Pairs.Losses > losses ? runs.Used ?? [] : [];
    }

    public void Write(BinaryWriter to)
    {
        foreach (var count in (long[])[Pairs.Both, Pairs.Gains, Pairs.Losses, Pairs.Neither]) to.Write(count);
        foreach (var count in (long[])[Flips.LossAndFlip, Flips.LossOnly, Flips.FlipOnly, Flips.Neither]) to.Write(count);
        to.Write(_order.Count);
        foreach (var key in _order)
        {
            to.Write(key.Domain);
            to.Write(key.Task);
            to.Write(key.Model);
            var runs = _runs[key];
            foreach (var run in (bool?[])[runs.Control, runs.Again, runs.Memory]) to.Write((byte)(run is { } pass ? pass ? 2 : 1 : 0));
            var used = runs.Used ?? [];
            to.Write(used.Length);
            foreach (var version in used) version.Write(to);
        }
    }

    public void Read(BinaryReader from)
    {
        Pairs = new PairCounts(from.ReadInt64(), from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        Flips = new FlipCounts(from.ReadInt64(), from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var key = (from.ReadString(), from.ReadString(), from.ReadString());
            _order.Enqueue(key);
            var runs = new Runs(Run(), Run(), Run(), null);
            var used = new List<VersionKey>();
            for (var more = from.ReadInt32(); more > 0; more--) used.Add(VersionKey.Read(from));
            _runs.Add(key, runs with { Used = [.. used] });
        }

        bool? Run() => from.ReadByte() switch { 0 => null, 1 => false, _ => true };
    }

    private Runs Pair(Runs runs, bool isControl, bool isPass)
    {
        var isSecond = isControl && runs.Control is not null;
        if (isSecond && runs.Again is null) runs = runs with { Again = isPass };
        else if (isControl && !isSecond) runs = runs with { Control = isPass };
        else if (!isControl && runs.Memory is null) runs = runs with { Memory = isPass };
        else return runs;
        if (runs is not { Control: { } control, Memory: { } memory }) return runs;
        // Each is counted once: the pair when its second run comes, the three when the third does.
        if (!isSecond) Pairs = Pairs.Add(control, memory);
        if (runs.Again is { } again) Flips = Flips.Add(control, again, memory);
        return runs;
    }

    private readonly record struct Runs(bool? Control, bool? Again, bool? Memory, VersionKey[]? Used);
}
