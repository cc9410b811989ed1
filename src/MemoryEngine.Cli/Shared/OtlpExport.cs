using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// Sends the engine's activities and figures, and those of the SDK that serves MCP, to a collector. Everything else that OpenTelemetry's
/// variables can set (headers, intervals, the resource) they set here as well.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    // The SDK names its source and its meter so, by the conventions for MCP.
    private const string McpSource = "Experimental.ModelContextProtocol";

    private const int GrpcPort = 4317;
    private const int SendLeftMillis = 3000;

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    /// <param name="endpoint">The collector.</param>
    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>; null goes by the port, of which 4317 is that of gRPC.</param>
    public OtlpExport(Uri endpoint, string? protocol)
    {
        var isGrpc = string.IsNullOrEmpty(protocol) ? endpoint.Port == GrpcPort : protocol == "grpc";
        var resource = ResourceBuilder.CreateDefault().AddService("memengine", serviceVersion: Version).AddEnvironmentVariableDetector();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(TelemetryNames.Source, McpSource)
            .AddOtlpExporter(o => Set(o, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(TelemetryNames.Source, McpSource)
            .AddOtlpExporter(o => Set(o, "v1/metrics")).Build();

        void Set(OtlpExporterOptions options, string path)
        {
            options.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = isGrpc ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
        }
    }

    private static string? Version => typeof(OtlpExport).Assembly.GetName().Version?.ToString(3);

    /// <summary>Sends what is left, for as long as a collector that does not answer may hold up the end of the process.</summary>
    public void Dispose()
    {
        Task.WaitAll(
            Task.Run(() => _traces.Shutdown(SendLeftMillis)),
            Task.Run(() => _metrics.Shutdown(SendLeftMillis)));
        _traces.Dispose();
        _metrics.Dispose();
    }
}
