using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// The choice of neighbours that makes a graph navigable: from the nearest on, a candidate is taken unless one already taken is
/// nearer to it than the node is. So links go into all directions instead of into one crowd.
/// </summary>
internal static unsafe class NeighbourSelection<TCodes>
    where TCodes : struct, ICodeKind
{
    /// <summary>Moves the chosen to the front of the sorted keys; returns how many they are.</summary>
    public static int Choose(BuildCodes codes, long* sorted, int count, int atMost) => Extend(codes, sorted, 0, count, atMost);

    /// <summary>As <see cref="Choose"/>, where the first <paramref name="chosen"/> keys are chosen already.</summary>
    public static int Extend(BuildCodes codes, long* keys, int chosen, int count, int atMost)
    {
        for (var i = chosen; i < count && chosen < atMost; i++)
            if (IsApart(codes, keys, chosen, keys[i])) keys[chosen++] = keys[i];
        return chosen;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsApart(BuildCodes codes, long* chosen, int count, long candidate)
    {
        var table = codes.Table;
        var node = DistanceKey.Node(candidate);
        var distance = DistanceKey.Distance(candidate);
        var code = table.Code(node);
        var query = codes.Coder.AsQuery(table.Tail(node));
        for (var i = 0; i < count; i++)
        {
            var other = DistanceKey.Node(chosen[i]);
            var between = query.Distance(TCodes.Product((sbyte*)code, table.Code(other), table.CodeBytes), table.Tail(other));
            if (between < distance) return false;
        }
        return true;
    }
}
