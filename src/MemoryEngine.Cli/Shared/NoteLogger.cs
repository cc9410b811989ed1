using Microsoft.Extensions.Logging;

namespace MemoryEngine.Cli.Shared;

/// <summary>What a server has to say, as notes on standard error.</summary>
internal sealed class NoteLogger(Output output) : ILogger
{
    private readonly Lock _gate = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var text = formatter(state, exception);
        lock (_gate) output.Note(exception is null ? text : $"{text} {exception}");
    }
}
