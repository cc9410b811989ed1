namespace MemoryEngine;

/// <summary>
/// Marks an enum whose values leave the process, on disk or on the wire. Such an enum only grows: a name keeps its value
/// for good, and a value once given is never given to another name. tests/MemoryEngine.Architecture/StoredEnums.txt holds it to that.
/// </summary>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class StoredAttribute : Attribute;
