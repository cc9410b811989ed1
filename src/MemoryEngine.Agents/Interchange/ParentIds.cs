using System.Text.Json.Nodes;

namespace MemoryEngine.Agents.Interchange;

/// <summary>The field <c>parents</c> of a memory: the ids of those that it was made of.</summary>
internal static class ParentIds
{
    public const string Field = "parents";

    public static JsonArray Of(IEnumerable<Guid> parents) => [.. parents.Select(p => JsonValue.Create(p.ToString()))];
}
