using System.CommandLine;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Cli.Shared;

/// <summary>The options of verbs that run long: where what they do is told, and whether texts are told with it.</summary>
internal sealed class TelemetryOptions
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string DefaultEndpoint = "http://localhost:4317";

    private readonly Option<string?> _otlp = new("--otlp")
    {
        Description = $"Tells a collector what the pool does, by OTLP. Without a URL to {EndpointVariable}, or {DefaultEndpoint}.",
        HelpName = "URL",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _content = new("--otlp-content")
    {
        Description = "Tells it the texts of queries and memories as well.",
    };

    public void AddTo(Command verb)
    {
        verb.Add(_otlp);
        verb.Add(_content);
    }

    /// <summary>The options of a store, with what was asked for.</summary>
    public MemoryStoreOptions Apply(Call call, MemoryStoreOptions options) => options with { TelemetryContent = call.Get(_content) };

    /// <summary>Begins to export, where that was asked for; disposing sends what is left. Null where it was not.</summary>
    public IDisposable? Start(Call call)
    {
        if (!call.IsGiven(_otlp))
            return call.Get(_content) ? throw new UsageException("--otlp-content says what --otlp tells; give that as well.") : null;
        var variable = call.Terminal.Variable(EndpointVariable);
        var text = call.Get(_otlp) ?? (string.IsNullOrEmpty(variable) ? DefaultEndpoint : variable);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new UsageException($"--otlp is '{text}'; it takes the address of a collector, as in http://localhost:4318.");
        return Export(endpoint, call);
    }

    // The exporter's assemblies are loaded when this is compiled, so not at a start that does not export.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Export(Uri endpoint, Call call) => new(endpoint, call.Terminal.Variable("OTEL_EXPORTER_OTLP_PROTOCOL"));
}
