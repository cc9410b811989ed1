namespace MemoryEngine.Index;

/// <summary>
/// What must hold of a graph before it answers: counts of links within their bounds, every link to a node of its level, every
/// row once, and every node reachable on the lowest level. A graph that was built passes; this is for what comes from a file.
/// </summary>
internal static unsafe class GraphCheck
{
    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(HnswGraph graph)
    {
        var nodesOn = graph.Shape.NodesOn;
        for (var level = 0; level < nodesOn.Length; level++)
            if (LinkProblem(graph, level, nodesOn[level], level == 0 ? 2 * graph.Shape.M : graph.Shape.M) is { } problem) return problem;
        return RowProblem(graph) ?? ReachProblem(graph);
    }

    private static string? LinkProblem(HnswGraph graph, int level, int nodes, int degree)
    {
        for (var node = 0; node < nodes; node++)
        {
            var links = graph.Links(level).Of(node);
            if (*links < 0 || *links > degree) return $"node {node} has {*links} links on level {level}, where {degree} is the most";
            for (var i = 1; i <= *links; i++)
                if ((uint)links[i] >= (uint)nodes) return $"node {node} has a link to {links[i]} on level {level} of {nodes} nodes";
        }
        return null;
    }

    private static string? RowProblem(HnswGraph graph)
    {
        var met = new bool[graph.Shape.Count];
        for (var node = 0; node < met.Length; node++)
        {
            var row = graph.Rows[node];
            if ((uint)row >= (uint)met.Length || met[row]) return $"node {node} stands for row {row}, which does not exist or is taken";
            met[row] = true;
        }
        return null;
    }

    private static string? ReachProblem(HnswGraph graph)
    {
        var count = graph.Shape.Count;
        if (count == 0) return null;
        var (met, order, tail) = (new bool[count], new int[count], 1);
        met[0] = true;
        for (var head = 0; head < tail; head++)
        {
            var links = graph.Links(0).Of(order[head]);
            for (var i = 1; i <= *links; i++)
            {
                if (met[links[i]]) continue;
                met[links[i]] = true;
                order[tail++] = links[i];
            }
        }
        return tail == count ? null : $"{count - tail} of {count} nodes cannot be reached";
    }
}
