namespace MemoryEngine.Protocol.Wire;

/// <summary>Something that travels as one map: the parameters of a method, its result, or a map within them.</summary>
public interface IWireMap
{
    /// <summary>Names each field with its value, in the order in which they are written.</summary>
    void Write(ref MapWriter map);
}

/// <summary>A map that can be read, too.</summary>
/// <remarks>
/// <see cref="Read"/> is the declaration of the fields: it asks for every one by name, whatever the values of the others,
/// and is run once without a map to learn the names. So it asks and builds, and does nothing else.
/// </remarks>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IWireMap<TSelf> : IWireMap
    where TSelf : IWireMap<TSelf>
{
    /// <summary>Makes the record of the fields of a map.</summary>
    static abstract TSelf Read(ref MapReader map);
}
