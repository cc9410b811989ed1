namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>An ef: its recall, the distances of a query between codes and between floats where they are known, and the speed in each round.</summary>
internal sealed record Point(int Ef, double Recall, double Codes, double Floats, double[] Speed);

/// <summary>One contender's recall and speed at each ef, in each round.</summary>
internal sealed class Curve(Contender contender, int rounds)
{
    private readonly List<Point> _points = [];

    public Contender Contender => contender;

    public IReadOnlyList<Point> Points => _points;

    /// <summary>Values of ef are taken until the recall leaves nothing to compare.</summary>
    public bool IsEnough => _points.Count > 1 && _points[^1].Recall > 0.996;

    public void Add(int ef, double recall, double codes, double floats) => _points.Add(new Point(ef, recall, codes, floats, new double[rounds]));

    /// <summary>Queries a processor second at a recall, in one round; between two values of ef the logarithm is interpolated.</summary>
    public double At(double recall, int round)
    {
        if (_points[0].Recall >= recall) return _points[0].Speed[round];
        for (var i = 1; i < _points.Count; i++)
        {
            var (low, high) = (_points[i - 1], _points[i]);
            if (high.Recall < recall) continue;
            var share = (recall - low.Recall) / (high.Recall - low.Recall);
            return Math.Exp(((1 - share) * Math.Log(low.Speed[round])) + (share * Math.Log(high.Speed[round])));
        }
        return double.NaN;
    }
}
