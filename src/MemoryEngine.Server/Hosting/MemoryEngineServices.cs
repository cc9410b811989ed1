using MemoryEngine.Server.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A pool in a .NET generic host.</summary>
public static class MemoryEngineServices
{
    /// <summary>The name of the pool's health check.</summary>
    public const string HealthCheckName = "memoryengine";

    /// <summary>
    /// Opens a pool when the host starts and closes it when it has stopped, and, unless told otherwise, serves it to other processes.
    /// Services ask for <see cref="MemoryEngine.MemoryStore"/>, <see cref="MemoryEngine.IMemoryStore"/> or
    /// <see cref="MemoryEngine.IPoolMaintenance"/>. The options are validated before the host starts; a health check named
    /// <see cref="HealthCheckName"/> tells how the pool is.
    /// </summary>
    public static IServiceCollection AddMemoryEngine(this IServiceCollection services, Action<MemoryEngineOptions>? configure = null)
    {
        var options = services.AddOptions<MemoryEngineOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MemoryEngineOptions>, MemoryEngineOptionsCheck>());
        services.AddSingleton<HostedPool>();
        services.AddHostedService(static s => s.GetRequiredService<HostedPool>());
        services.AddSingleton(static s => s.GetRequiredService<HostedPool>().Store);
        services.AddSingleton<MemoryEngine.IMemoryStore>(static s => s.GetRequiredService<HostedPool>().Store);
        services.AddSingleton<MemoryEngine.IPoolMaintenance>(static s => s.GetRequiredService<HostedPool>().Store);
        services.AddHealthChecks().AddCheck<PoolHealthCheck>(HealthCheckName);
        return services;
    }
}
