using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What a check of the pool found.</summary>
public sealed record CheckReply : IWireMap<CheckReply>
{
    /// <summary>Whether all is well.</summary>
    public required bool Ok { get; init; }

    /// <summary>Bytes read and checked.</summary>
    public required long Bytes { get; init; }

    /// <summary>Everything that is not as it was written.</summary>
    public required IReadOnlyList<ProblemView> Problems { get; init; }

    /// <summary>A report of the engine.</summary>
    public static CheckReply Of(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new()
        {
            Ok = report.Ok,
            Bytes = report.Bytes,
            Problems =
            [
                .. report.Problems.Select(p =>
                    new ProblemView { File = p.File, Offset = p.Offset, What = p.What, Consequence = p.Consequence }),
            ],
        };
    }

    /// <summary>The report as the engine gives it.</summary>
    public CheckReport ToReport() =>
        new(Bytes, [.. Problems.Select(p => new CheckProblem(p.File, p.Offset, p.What, p.Consequence))]);

    /// <inheritdoc/>
    public static CheckReply Read(ref MapReader map) => new()
    {
        Ok = map.NeedBoolean("ok"),
        Bytes = map.NeedInt64("bytes", 0),
        Problems = map.NeedMaps<ProblemView>("problems"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Boolean("ok", Ok);
        map.Int64("bytes", Bytes);
        map.Maps("problems", Problems);
    }
}

/// <summary>Something that is not as it was written.</summary>
public sealed record ProblemView : IWireMap<ProblemView>
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>Byte offset in it.</summary>
    public required long Offset { get; init; }

    /// <summary>What is wrong.</summary>
    public required string What { get; init; }

    /// <summary>What that means for the pool.</summary>
    public required string Consequence { get; init; }

    /// <inheritdoc/>
    public static ProblemView Read(ref MapReader map) => new()
    {
        File = map.NeedText("file"),
        Offset = map.NeedInt64("offset", 0),
        What = map.NeedText("what"),
        Consequence = map.NeedText("consequence"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("file", File);
        map.Int64("offset", Offset);
        map.Text("what", What);
        map.Text("consequence", Consequence);
    }
}
