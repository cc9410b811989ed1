using MemoryEngine.Protocol.Methods;
using MemoryEngine.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MemoryEngine.Server.Tests;

/// <summary>A pool in a generic host.</summary>
public sealed class HostingTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("memengine-host-").FullName;

    private string Pool => Path.Combine(_root, "pool");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_host_opens_the_pool_serves_it_and_closes_it()
    {
        using (var host = Build(o => o.Pool = Pool))
        {
            await host.StartAsync();
            var store = host.Services.GetRequiredService<IMemoryStore>();
            Assert.Same(store, host.Services.GetRequiredService<MemoryStore>());
            var made = await store.RememberAsync(new MemoryDraft { Text = "Retry only what is idempotent." });
            using (var client = new RawClient(Path.Combine(Pool, "pipe")))
                Assert.Equal("Retry only what is idempotent.", client.Call(MemoryMethods.Get, new GetRequest { Id = made.Id }).Result!.Memory.Text);
            var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            var entry = report.Entries[MemoryEngineServices.HealthCheckName];
            Assert.Equal((HealthStatus.Healthy, "ready"), (entry.Status, entry.Description));
            await host.StopAsync();
        }
        await using var again = await MemoryStore.OpenAsync(Pool);
        Assert.Equal(1, again.Stats().Memories);
    }

    [Fact]
    public async Task A_pool_that_is_not_served_has_no_pipe()
    {
        using var host = Build(o => (o.Pool, o.ServePipe) = (Pool, false));
        await host.StartAsync();
        Assert.False(File.Exists(Path.Combine(Pool, "pipe")));
        Assert.Null(MemoryStore.FindOwner(Pool)?.Pipe);
        await host.StopAsync();
    }

    [Fact]
    public async Task Bad_options_keep_the_host_from_starting()
    {
        foreach (var bad in new Action<MemoryEngineOptions>[]
        {
            o => o.Pool = " ",
            o => o.Pipe = new PipeServerOptions { MaxConnections = 0 },
            o => o.Store = new MemoryStoreOptions { ReadOnly = true },
        })
        {
            using var host = Build(o =>
            {
                o.Pool = Pool;
                bad(o);
            });
            await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
            Assert.False(Directory.Exists(Pool));
        }
    }

    [Fact]
    public async Task A_pool_that_is_not_open_is_unhealthy()
    {
        using var host = Build(o => o.Pool = Pool);
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<MemoryStore>());
    }

    private static IHost Build(Action<MemoryEngineOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddMemoryEngine(configure);
        return builder.Build();
    }
}
