using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MemoryEngine.Server.Hosting;

/// <summary>
/// How the pool is: healthy when all is in order; degraded while it answers rightly and less well (<c>indexing</c>: rows are still
/// scanned; <c>degraded</c>: a derived part is being rebuilt, or the embedder is down); unhealthy when it takes no writes
/// (<c>poisoned</c>) or is not open.
/// </summary>
internal sealed class PoolHealthCheck(HostedPool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (pool.OpenStore is not { } store) return Task.FromResult(HealthCheckResult.Unhealthy("not open"));
        var health = store.Health;
        return Task.FromResult(health switch
        {
            "ready" => HealthCheckResult.Healthy(health),
            "poisoned" => HealthCheckResult.Unhealthy(health),
            _ => HealthCheckResult.Degraded(health),
        });
    }
}
