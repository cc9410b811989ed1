using Microsoft.Extensions.Logging;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// The log of verbs that serve, on standard error: a line each, warnings and worse; when quiet, errors alone. What is written there is
/// what a client keeps of its servers.
/// </summary>
internal sealed class ErrorLog(TextWriter error, bool isQuiet) : ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly TextWriter _error = error;
    private readonly LogLevel _least = isQuiet ? LogLevel.Error : LogLevel.Warning;

    public ILogger CreateLogger(string categoryName) => new Logger(this, isOwn: categoryName == "memengine");

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log goes to standard error alone.");

    public void Dispose()
    {
    }

    // What a library meets is said in a line; of a defect of this program everything is wanted.
    private sealed class Logger(ErrorLog log, bool isOwn) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel >= log._least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var more = exception is null ? "" : isOwn ? $" {exception}" : $" {exception.GetType().Name}: {exception.Message}";
            lock (log._gate) log._error.WriteLine($"memengine: {formatter(state, exception)}{more}");
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
