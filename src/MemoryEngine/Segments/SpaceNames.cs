namespace MemoryEngine.Segments;

/// <summary>
/// The names of spaces that callers do not name: no name of theirs holds a '#'. The space of the texts is called
/// <see cref="VectorSpace.TextSpace"/>; one that is to take its place, or once had it, <c>text#</c> and its id; one that was given
/// up <c>dropped#</c> and its id.
/// </summary>
internal static class SpaceNames
{
    private const string WaitingStart = VectorSpace.TextSpace + "#";
    private const string DroppedStart = "dropped#";

    public static string Waiting(int id) => $"{WaitingStart}{id}";

    public static string Dropped(int id) => $"{DroppedStart}{id}";

    public static bool IsWaiting(string name) => name.StartsWith(WaitingStart, StringComparison.Ordinal);

    public static bool IsDropped(string name) => name.StartsWith(DroppedStart, StringComparison.Ordinal);

    /// <summary>Whether it is a space of texts, in use or waiting.</summary>
    public static bool IsOfTexts(string name) => name == VectorSpace.TextSpace || IsWaiting(name);

    /// <summary>Whether callers may name it.</summary>
    public static bool IsPublic(string name) => !name.Contains('#');
}
