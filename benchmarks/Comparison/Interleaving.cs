namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// Lets the contenders take turns at every ef of every round, so that what the host does to one it does to all. The first
/// turns warm up and say which values of ef are worth a round.
/// </summary>
internal sealed unsafe class Interleaving(DataSet set, IReadOnlyList<Contender> contenders, int rounds)
{
    private readonly long[] _ids = new long[set.Queries.Count * DataSet.K];

    public IReadOnlyList<Curve> Run()
    {
        var curves = contenders.Select(c => new Curve(c, rounds)).ToList();
        foreach (var curve in curves)
            foreach (var ef in curve.Contender.Efs)
            {
                if (curve.IsEnough) break;
                var (codes, floats) = (curve.Contender.Distances, curve.Contender.FloatDistances);
                Turn(curve.Contender, ef);
                codes = curve.Contender.Distances - codes;
                floats = curve.Contender.FloatDistances - floats;
                fixed (long* ids = _ids) curve.Add(ef, set.Recall(ids), (double)codes / set.Queries.Count, (double)floats / set.Queries.Count);
            }
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < curves.Max(c => c.Points.Count); i++)
                foreach (var curve in curves.Where(c => i < c.Points.Count))
                    curve.Points[i].Speed[round] = set.Queries.Count / Turn(curve.Contender, curve.Points[i].Ef);
        return curves;
    }

    private double Turn(Contender contender, int ef)
    {
        fixed (long* ids = _ids)
        {
            var before = Cpu.Seconds();
            contender.Search(set, set.Queries.Count, ef, ids);
            return Cpu.Seconds() - before;
        }
    }
}
