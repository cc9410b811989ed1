using System.Buffers;
using System.Diagnostics;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Server;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// Serves a pool in this process and asks it over its socket: round trips beside a bare echo of the same bytes, recalls of one client and
/// of eight, and rounds in which one agent remembers and another makes use of it, eight agents at once. Every request is timed by itself.
/// </summary>
/// <param name="directory">Where sockets may lie.</param>
/// <param name="pool">The pool: filled when it is not there, otherwise taken as an earlier run left it, with what its rounds remembered.</param>
/// <param name="memories">How many memories it is filled with.</param>
/// <param name="requests">How many round trips and recalls are timed.</param>
internal sealed class PipeBenchmark(string directory, string pool, int memories, int requests)
{
    public const int Clients = 8;

    private const int RoundTripBytes = 1024;
    private const int WarmUp = 2_000;
    private const int Slice = 500;
    private const int Queries = 1_000;

    private readonly BenchPool _pool = new();
    private int _held;

    public async Task<PipeFigures> RunAsync(Action<int> progress, CancellationToken cancellation)
    {
        var isThere = Directory.Exists(pool);
        await using var server = await PipeServer.StartAsync(
            pool, BenchPool.Options, new PipeServerOptions { Address = Path.Combine(directory, "pipe") }, cancellation);
        await _pool.FillAsync(server.Store, isThere ? 0 : memories, progress, cancellation);
        _held = (int)server.Store.Stats().Memories;
        var queries = _pool.Queries(Queries);
        var (roundTrip, bare, processor) = TimeRoundTrips(server.Address, cancellation);
        _ = TimeRecalls(server.Address, queries, WarmUp, cancellation);
        var cost = RecallCost.Begin();
        var start = Stopwatch.GetTimestamp();
        var alone = TimeRecalls(server.Address, queries, requests, cancellation);
        var aloneRate = requests / Stopwatch.GetElapsedTime(start).TotalSeconds;
        cost = cost.End(requests);
        start = Stopwatch.GetTimestamp();
        var together = await Everyone(Clients, _ => TimeRecalls(server.Address, queries, requests / Clients, cancellation));
        var togetherRate = together.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var rounds = await Everyone(Clients / 2, pair => TimeRounds(server.Address, pair, requests / 100, cancellation));
        var beside = TimeBeside(server.Address, queries, requests / 10, cancellation);
        return new PipeFigures(
            _held, Percentiles.Of(roundTrip), Percentiles.Of(bare), processor, Percentiles.Of(alone), cost, aloneRate, togetherRate,
            Percentiles.Of(together), Percentiles.Of(rounds), beside);
    }

    // A ping with a kilobyte in a field that nobody knows, and as many bytes each way over a bare socket, in turns.
    private (List<long> RoundTrip, List<long> Bare, double ProcessorUs) TimeRoundTrips(string address, CancellationToken cancellation)
    {
        using var client = new BlockingClient(address);
        var ping = PaddedPing();
        for (var i = 0; i < WarmUp; i++) _ = client.Exchange(ping);
        using var echo = new BareEcho(Path.Combine(directory, "echo"), client.Bytes.Sent, client.Bytes.Received);
        for (var i = 0; i < WarmUp; i++) echo.Exchange();
        var (roundTrip, bare, used) = (new List<long>(), new List<long>(), TimeSpan.Zero);
        while (roundTrip.Count < requests)
        {
            cancellation.ThrowIfCancellationRequested();
            var before = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Slice; i++) roundTrip.Add(Time(() => _ = client.Exchange(ping)));
            used += Environment.CpuUsage.TotalTime - before;
            for (var i = 0; i < Slice; i++) bare.Add(Time(echo.Exchange));
        }
        return (roundTrip, bare, used.TotalMicroseconds / roundTrip.Count);
    }

    private static List<long> TimeRecalls(string address, float[][] queries, int count, CancellationToken cancellation)
    {
        using var client = new BlockingClient(address);
        var random = new Random(count);
        var times = new List<long>(count);
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var request = new RecallRequest { Vector = queries[random.Next(queries.Length)], Domain = BenchPool.Domain };
            var start = Stopwatch.GetTimestamp();
            var reply = client.Call(MemoryMethods.Recall, request);
            times.Add(Stopwatch.GetTimestamp() - start);
            if (reply.Memories.Count == 0) throw new InvalidOperationException("A recall found nothing.");
        }
        return times;
    }

    // A remembers, and is answered when that is on the device; B sees it, recalls for a task like it, verifies what it got, and reports.
    private List<long> TimeRounds(string address, int pair, int count, CancellationToken cancellation)
    {
        using var a = new BlockingClient(address);
        using var b = new BlockingClient(address);
        var times = new List<long>(count);
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            MemoryDraft draft;
            lock (_pool) draft = _pool.Draft(_held + (pair * count) + i);
            var start = Stopwatch.GetTimestamp();
            var id = a.Call(MemoryMethods.Remember, new RememberRequest { Memory = MemoryContent.Of(draft) }).Id;
            if (b.Call(MemoryMethods.Get, new GetRequest { Id = id }).Memory.Text != draft.Text)
                throw new InvalidOperationException("B does not see what A remembered.");
            var recalled = b.Call(
                MemoryMethods.Recall, new RecallRequest { Vector = draft.Vectors[VectorSpace.TextSpace], Domain = draft.Domain });
            if (recalled.Memories.Count == 0) throw new InvalidOperationException("B recalls nothing.");
            _ = b.Call(
                MemoryMethods.Verify,
                new VerifyRequest { Ids = [.. recalled.Memories.Select(m => m.View.Memory.Id!.Value)], Domain = draft.Domain });
            if (recalled.Transfer is not { } transfer) throw new InvalidOperationException("The recall was not recorded.");
            var outcome = new Outcome { Transfer = transfer, Score = 1, Used = [id] };
            _ = b.Call(MemoryMethods.Report, new ReportRequest { Outcome = OutcomeView.Of(outcome) });
            times.Add(Stopwatch.GetTimestamp() - start);
        }
        return times;
    }

    private static Dictionary<Neighbours, Percentiles> TimeBeside(
        string address, float[][] queries, int count, CancellationToken cancellation)
    {
        var times = Enum.GetValues<Neighbours>().ToDictionary(who => who, _ => new List<long>());
        using var others = new NeighbourProcess(address);
        // Neither they nor what answers them have run before: all of it would be compiled while the first ones are timed.
        others.Begin(Neighbours.Hostile);
        _ = TimeRecalls(address, queries, WarmUp, cancellation);
        others.End();
        for (var timed = 0; timed < count; timed += Slice)
        {
            foreach (var (who, all) in times)
            {
                if (who != Neighbours.None) others.Begin(who);
                all.AddRange(TimeRecalls(address, queries, Slice, cancellation));
                if (who != Neighbours.None) others.End();
            }
        }
        return times.ToDictionary(t => t.Key, t => Percentiles.Of(t.Value));
    }

    private static async Task<List<long>> Everyone(int count, Func<int, List<long>> run)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, count).Select(
            i => Task.Factory.StartNew(() => run(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return [.. all.SelectMany(t => t)];
    }

    private static long Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetTimestamp() - start;
    }

    private static byte[] PaddedPing()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.WriteInteger(0L);
        writer.WriteInteger(1L);
        writer.WriteString(MemoryMethods.Ping.Name);
        writer.WriteArrayHeader(1);
        writer.WriteMapHeader(1);
        writer.WriteString("padding");
        const int HeadOfBinary = 3;
        writer.WriteBinary(new byte[RoundTripBytes - buffer.WrittenCount - HeadOfBinary]);
        return buffer.WrittenSpan.ToArray();
    }
}
