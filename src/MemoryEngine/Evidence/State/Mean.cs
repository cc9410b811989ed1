namespace MemoryEngine.Evidence.State;

/// <summary>Count, sum and sum of squares of some figure.</summary>
internal readonly record struct Mean(long Count, double Sum, double Squares)
{
    /// <summary>The mean; NaN of nothing.</summary>
    public double Value => Sum / Count;

    /// <summary>The variance of one value; NaN of fewer than two.</summary>
    public double Variance => (Squares - (Sum * Sum / Count)) / (Count - 1);

    public Mean Add(double value) => new(Count + 1, Sum + value, Squares + (value * value));
}

/// <summary>Outcomes of recalls that were held out, and of those that handed memories over.</summary>
internal readonly record struct Arms(Mean Control, Mean Memory)
{
    public Arms Add(bool isControl, double score) =>
        isControl ? this with { Control = Control.Add(score) } : this with { Memory = Memory.Add(score) };
}
