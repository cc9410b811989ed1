using System.Text;

namespace RepairAgent;

/// <summary>What a run of the agent came to.</summary>
/// <param name="Fixes">What made the file parse; null when nothing did.</param>
/// <param name="Attempts">How many texts the verifier was shown.</param>
/// <param name="Faults">What it said to those that failed, each once.</param>
/// <param name="Log">The run as text, an attempt and its answer on two lines.</param>
internal sealed record Run(IReadOnlyList<Fix>? Fixes, int Attempts, IReadOnlyCollection<string> Faults, string Log);

/// <summary>
/// An agent without a model: it tries changes of a file, one set after the other, until the verifier is content. What it is told
/// beforehand decides where it begins, as it would with a model.
/// </summary>
internal sealed class Agent(RepairTask task)
{
    /// <summary>How a lesson says that trying is in vain.</summary>
    public const string InVain = "No change of form helps";

    private readonly string _original = task.Text;
    private readonly HashSet<string> _faults = [];
    private readonly StringBuilder _log = new();
    private int _attempts;

    /// <summary>Works on the task with the texts that were handed over for it, best first.</summary>
    public Run Work(IReadOnlyList<string> lessons)
    {
        var hints = lessons.Select(NamedIn).Where(h => h.Count > 0).ToList();
        var done = Planned(lessons, hints).DistinctBy(Describe).FirstOrDefault(Try);
        // What several lessons named together may be more than is needed.
        if (done is not null && hints.Count > 1 && done.Count > hints.Max(h => h.Count))
        {
            foreach (var fix in done)
                if (done.Where(f => f != fix).ToList() is var fewer && Try(fewer)) done = fewer;
        }
        return new Run(done, _attempts, _faults, _log.ToString());
    }

    /// <summary>The sets to try: the file as it is, what each lesson names, what all of them name, then all sets, small ones first.</summary>
    private static IEnumerable<IReadOnlyList<Fix>> Planned(IReadOnlyList<string> lessons, List<IReadOnlyList<Fix>> hints)
    {
        if (lessons.Count > 0 && lessons[0].Contains(InVain, StringComparison.Ordinal)) return [[], .. hints];
        var all =
            from mask in Enumerable.Range(0, 1 << Fixes.All.Count)
            orderby int.PopCount(mask), mask
            select (IReadOnlyList<Fix>)[.. Fixes.All.Where((_, i) => (mask >> i & 1) == 1)];
        return [[], .. hints, [.. Fixes.All.Where(f => hints.Any(h => h.Contains(f)))], .. all];
    }

    private bool Try(IReadOnlyList<Fix> fixes)
    {
        _attempts++;
        var fault = task.Fault(fixes.Aggregate(_original, (text, fix) => fix.Apply(text)));
        _log.AppendLine(fixes.Count == 0 ? "$ parse it as it is" : $"$ {Describe(fixes)}").AppendLine(fault ?? "it parses");
        if (fault is not null) _faults.Add(fault);
        return fault is null;
    }

    public static string Describe(IReadOnlyList<Fix> fixes) => string.Join(", ", fixes.Select(f => f.Name));

    private static IReadOnlyList<Fix> NamedIn(string lesson) => [.. Fixes.All.Where(f => lesson.Contains(f.Name, StringComparison.Ordinal))];
}
