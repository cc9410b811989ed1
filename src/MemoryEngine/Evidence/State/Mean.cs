namespace MemoryEngine.Evidence.State;

/// <summary>Count, sum and sum of squares of some figure.</summary>
internal readonly record struct Mean(long Count, double Sum, double Squares)
{
    /// <summary>The mean; NaN of nothing.</summary>
    public double Value => Sum / Count;

    /// <summary>The variance of one value; NaN of fewer than two.</summary>
    public double Variance => (Squares - (Sum * Sum / Count)) / (Count - 1);

    public Mean Add(double value) => new(Count + 1, Sum + value, Squares + (value * value));

    /// <summary>What has come since.</summary>
    public Mean Since(Mean before) => new(Count - before.Count, Sum - before.Sum, Squares - before.Squares);

    public void Write(BinaryWriter to)
    {
        to.Write(Count);
        to.Write(Sum);
        to.Write(Squares);
    }

    public static Mean Read(BinaryReader from) => new(from.ReadInt64(), from.ReadDouble(), from.ReadDouble());
}

/// <summary>Outcomes of recalls that were held out, and of those that handed memories over.</summary>
internal readonly record struct Arms(Mean Control, Mean Memory)
{
    public Arms Add(bool isControl, double score) =>
        isControl ? this with { Control = Control.Add(score) } : this with { Memory = Memory.Add(score) };

    public void Write(BinaryWriter to)
    {
        Control.Write(to);
        Memory.Write(to);
    }

    public static Arms Read(BinaryReader from) => new(Mean.Read(from), Mean.Read(from));
}
