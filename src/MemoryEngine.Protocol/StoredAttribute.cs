namespace MemoryEngine.Protocol;

/// <summary>Marks an enum whose values stand in messages that older and newer versions read: it only grows.</summary>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class StoredAttribute : Attribute;
