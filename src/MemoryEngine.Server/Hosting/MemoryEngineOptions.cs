using Microsoft.Extensions.Options;

namespace MemoryEngine.Server.Hosting;

/// <summary>The pool of a host: where it is, how it is opened, and whether others can reach it.</summary>
public sealed class MemoryEngineOptions
{
    /// <summary>The pool's directory.</summary>
    public string Pool { get; set; } = ".memengine";

    /// <summary>How it is opened.</summary>
    public MemoryStoreOptions Store { get; set; } = new();

    /// <summary>Whether other processes of the same user can use the pool through its pipe.</summary>
    public bool ServePipe { get; set; } = true;

    /// <summary>How it is served. Its logger is the host's, unless another was set.</summary>
    public PipeServerOptions Pipe { get; set; } = new();
}

/// <summary>Looks at the options before the host starts.</summary>
internal sealed class MemoryEngineOptionsCheck : IValidateOptions<MemoryEngineOptions>
{
    public ValidateOptionsResult Validate(string? name, MemoryEngineOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Pool)) return ValidateOptionsResult.Fail("MemoryEngine: Pool names no directory.");
        if (options is { ServePipe: true, Store.ReadOnly: true })
            return ValidateOptionsResult.Fail("MemoryEngine: a pool that is opened read-only has no owner to serve it; set ServePipe to false.");
        try
        {
            options.Pipe.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail($"MemoryEngine: {e.Message}");
        }
    }
}
