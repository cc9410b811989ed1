using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;

namespace MemoryEngine.Server.Tests;

/// <summary>The arrays that vectors are read into go from request to request; no recall ever searches for what another asked.</summary>
public sealed class RentedVectorTests
{
    private const int Dimension = 64;

    [Fact]
    public async Task Every_client_finds_what_it_asked_for_however_many_ask_at_once()
    {
        const int Clients = 4, Rounds = 40, AtOnce = 8;
        var space = new VectorSpace(VectorSpace.TextSpace, Dimension, Metric.Cosine, "test/axes");
        await using var server = await TestServer.StartAsync(store: o => o with { Spaces = [space] });
        await server.Pipe.Store.RememberManyAsync([.. Enumerable.Range(0, Dimension).Select(i => new MemoryDraft
        {
            Text = $"axis {i}",
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorSpace.TextSpace] = Axis(i) },
        })]);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(c => Task.Run(() =>
        {
            using var client = server.Connect();
            var random = new Random(c);
            for (var round = 0; round < Rounds; round++)
            {
                // One alone is answered by the thread that reads it, the others by lanes, in any order.
                var axes = Enumerable.Range(0, round % 2 == 0 ? 1 : AtOnce).Select(_ => random.Next(Dimension)).ToArray();
                client.Send([.. axes.SelectMany((axis, id) =>
                    RawClient.Request(MemoryMethods.Recall, new RecallRequest { Vector = Axis(axis), K = 1 }, (uint)id))]);
                foreach (var _ in axes)
                {
                    var answer = client.Next()!.Value;
                    var found = MemoryMethods.Recall.ReadResult(answer.Result, ProtocolLimits.Default);
                    Assert.Equal($"axis {axes[answer.Id]}", found.Memories[0].View.Memory.Text);
                }
            }
        })));
        server.ShouldBeQuiet();
    }

    private static float[] Axis(int number)
    {
        var vector = new float[Dimension];
        vector[number] = 1;
        return vector;
    }
}
