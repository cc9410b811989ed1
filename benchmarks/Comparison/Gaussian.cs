namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Normal numbers, the same for a seed everywhere.</summary>
internal sealed class Gaussian(int seed)
{
    private readonly Random _random = new(seed);
    private double _second = double.NaN;

    public int Next(int below) => _random.Next(below);

    public float[] Vector(float[] spread, float scale)
    {
        var vector = new float[spread.Length];
        Fill(vector, spread, scale);
        return vector;
    }

    public void Fill(Span<float> vector, float[] spread, float scale)
    {
        for (var i = 0; i < vector.Length; i++) vector[i] = scale * spread[i] * (float)Draw();
    }

    /// <summary>Box and Muller's, which makes two at a time.</summary>
    private double Draw()
    {
        if (!double.IsNaN(_second))
        {
            var kept = _second;
            _second = double.NaN;
            return kept;
        }
        var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - _random.NextDouble()));
        var (sine, cosine) = Math.SinCos(2.0 * Math.PI * _random.NextDouble());
        _second = radius * sine;
        return radius * cosine;
    }
}
