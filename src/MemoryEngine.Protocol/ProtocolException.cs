namespace MemoryEngine.Protocol;

/// <summary>What is wrong with bytes that should be a message.</summary>
public enum ProtocolProblem
{
    /// <summary>They end too early. More bytes might make them right.</summary>
    Incomplete,

    /// <summary>They are no MessagePack, or no msgpack-rpc. No further bytes make them right.</summary>
    Malformed,

    /// <summary>They are over one of the <see cref="ProtocolLimits"/>.</summary>
    OverLimit,

    /// <summary>They are well formed, but another type or value stands where one was asked for.</summary>
    Unexpected,
}

/// <summary>Bytes are not the message they should be. The message says where, what was expected and what was found.</summary>
public sealed class ProtocolException : Exception
{
    private readonly string _what;

    /// <summary>Creates the exception.</summary>
    /// <param name="problem">The kind of problem.</param>
    /// <param name="what">What was expected and what was found.</param>
    /// <param name="field">The field, as a path from the outermost map; null outside of maps.</param>
    public ProtocolException(ProtocolProblem problem, string what, string? field = null)
        : base(field is null ? what : $"{field}: {what}") => (Problem, Field, _what) = (problem, field, what);

    /// <summary>The kind of problem.</summary>
    public ProtocolProblem Problem { get; }

    /// <summary>Where, as a path: <c>memories[3].level</c>. Null when it is not in a field.</summary>
    public string? Field { get; }

    /// <summary>The code under which a server tells its client.</summary>
    public ProtocolErrorCode Code => Problem switch
    {
        ProtocolProblem.OverLimit => ProtocolErrorCode.TooLarge,
        ProtocolProblem.Unexpected => ProtocolErrorCode.InvalidArgument,
        _ => ProtocolErrorCode.Malformed,
    };

    /// <summary>The same problem, seen from the map or list around it.</summary>
    internal ProtocolException Within(string outer)
    {
        var path = Field is null || Field.StartsWith('[') ? outer + Field : $"{outer}.{Field}";
        return new ProtocolException(Problem, _what, path);
    }

    internal static ProtocolException Incomplete(string expected) =>
        new(ProtocolProblem.Incomplete, $"expected {expected}, found the end of the bytes");

    internal static ProtocolException Malformed(string what) => new(ProtocolProblem.Malformed, what);

    internal static ProtocolException OverLimit(string what) => new(ProtocolProblem.OverLimit, what);

    internal static ProtocolException Unexpected(string expected, string found) =>
        new(ProtocolProblem.Unexpected, $"expected {expected}, found {found}");
}
