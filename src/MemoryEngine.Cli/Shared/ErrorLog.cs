using Microsoft.Extensions.Logging;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// The log of verbs that serve, on standard error: a line each, warnings and worse; when quiet, errors alone. What is written there is
/// what a client keeps of its servers.
/// </summary>
internal sealed class ErrorLog(TextWriter error, bool isQuiet) : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (isQuiet ? LogLevel.Error : LogLevel.Warning) && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        lock (_gate) error.WriteLine($"memengine: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log goes to standard error alone.");

    public void Dispose()
    {
    }
}
