using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>Who the client is and which versions of the protocol it speaks.</summary>
public sealed record HelloRequest : WireRequest, IWireMap<HelloRequest>
{
    /// <summary>The oldest and newest version that the client speaks.</summary>
    public required (int Least, int Most) Proto { get; init; }

    /// <summary>The client's name and version, for logs.</summary>
    public string? Client { get; init; }

    /// <summary>What a server that asks for one takes as proof.</summary>
    public string? Token { get; init; }

    /// <summary>How errors are to come, one of <see cref="WireNames.ErrorForms"/>; null means <c>pair</c>.</summary>
    public string? Errors { get; init; }

    /// <summary>Whether errors are to come as texts alone.</summary>
    public bool WantsTextErrors => Errors == WireNames.TextErrors;

    /// <inheritdoc/>
    public static HelloRequest Read(ref MapReader map) => new()
    {
        Proto = map.NeedRange("proto", 1, int.MaxValue),
        Client = map.Text("client"),
        Token = map.Text("token"),
        Errors = map.OneOf("errors", WireNames.ErrorForms),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Range("proto", Proto);
        map.Text("client", Client);
        map.Text("token", Token);
        map.Text("errors", Errors);
        WriteDeadline(ref map);
    }
}

/// <summary>What the two will speak from now on.</summary>
public sealed record HelloReply : IWireMap<HelloReply>
{
    /// <summary>The version: the newest that both know.</summary>
    public required int Proto { get; init; }

    /// <summary>The server's name and version, for logs.</summary>
    public required string Server { get; init; }

    /// <summary>What a message to this server may take.</summary>
    public required WireLimits Limits { get; init; }

    /// <summary>What the server can do beyond the version, by name.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <inheritdoc/>
    public static HelloReply Read(ref MapReader map) => new()
    {
        Proto = map.NeedInt32("proto", 1),
        Server = map.NeedText("server"),
        Limits = map.NeedMap<WireLimits>("limits"),
        Features = map.Texts("features"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("proto", Proto);
        map.Text("server", Server);
        map.Map("limits", Limits);
        map.Texts("features", Features);
    }
}

/// <summary>The limits of <see cref="ProtocolLimits"/> that a client should know.</summary>
public sealed record WireLimits : IWireMap<WireLimits>
{
    /// <summary>Bytes of one message.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>Arrays and maps within each other.</summary>
    public required int Depth { get; init; }

    /// <summary>Values of one array, or pairs of one map.</summary>
    public required int Elements { get; init; }

    /// <summary>What a server tells of its limits.</summary>
    public static WireLimits Of(ProtocolLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return new() { MessageBytes = limits.MaxMessageBytes, Depth = limits.MaxDepth, Elements = limits.MaxElements };
    }

    /// <inheritdoc/>
    public static WireLimits Read(ref MapReader map) => new()
    {
        MessageBytes = map.NeedInt32("message_bytes", 1),
        Depth = map.NeedInt32("depth", 1),
        Elements = map.NeedInt32("elements", 1),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("message_bytes", MessageBytes);
        map.Int64("depth", Depth);
        map.Int64("elements", Elements);
    }
}
