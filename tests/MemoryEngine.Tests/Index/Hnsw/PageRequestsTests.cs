using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index;

/// <summary>Vectors that are on the device are asked for before they are compared, and those in memory are not.</summary>
public sealed unsafe class PageRequestsTests
{
    private const int Dimension = 16;

    [Fact]
    public void What_is_compared_was_asked_for_while_the_device_is_slow_and_is_not_any_more_once_it_is_in_memory()
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 2000, Dimension, 20), Dimension, Metric.L2);
        var device = new SlowDevice(vectors.Rows);
        var rows = new VectorRows(vectors.Rows[0], vectors.Rows.Count, Dimension, Metric.L2, device, device.Ask);
        using var index = HnswIndex.Build(rows, new HnswOptions());
        var query = TestVectors.Gaussian(random, Dimension, 1f);
        var hits = new Hit[10];
        device.IsSlow = true;
        device.Begin();
        index.Search(query, 32, hits, out _);
        Assert.NotEmpty(device.Unasked);

        device.Begin();
        index.Search(query, 32, hits, out _);
        Assert.Empty(device.Unasked);
        Assert.All(hits, h => Assert.Contains(h.Row, device.Asked));
        // The one that is compared and those ahead of it.
        Assert.Equal(PageRequests.Ahead + 1, device.AskedBeforeTheFirst);

        // A busy machine may make a search wait that had no reason to: some search is quick at last, and the one after it asks nothing.
        device.IsSlow = false;
        Assert.True(Patience.Until(() =>
        {
            device.Begin();
            index.Search(query, 32, hits, out _);
            return device.Asked.Count == 0;
        }));
    }

    [Fact]
    public void What_passes_no_filter_is_not_waited_for_but_what_is_found_was_asked_for()
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 2000, Dimension, 20), Dimension, Metric.L2);
        var device = new SlowDevice(vectors.Rows);
        var rows = new VectorRows(vectors.Rows[0], vectors.Rows.Count, Dimension, Metric.L2, device, device.Ask);
        using var index = HnswIndex.Build(rows, new HnswOptions());
        var half = new ulong[(rows.Count + 63) / 64];
        Array.Fill(half, 0x5555_5555_5555_5555UL);
        var (query, hits) = (TestVectors.Gaussian(random, Dimension, 1f), new Hit[10]);
        device.IsSlow = true;
        index.Search(query, 32, new RowBits(half), hits, out _);
        device.Begin();
        index.Search(query, 32, new RowBits(half), hits, out var cost);
        Assert.Equal((SearchWay.Hidden, false), (cost.Way, cost.Scanned));
        Assert.Empty(device.Unasked);
        Assert.DoesNotContain(device.Asked, row => row % 2 == 1);
        Assert.All(hits, h => Assert.Contains(h.Row, device.Asked));
    }

    /// <summary>Lets each vector that is compared wait as for a read, and notes what was asked for before.</summary>
    private sealed class SlowDevice(VectorRows rows) : IVectorGuard
    {
        public HashSet<int> Asked { get; } = [];

        public List<int> Unasked { get; } = [];

        public int AskedBeforeTheFirst { get; private set; } = -1;

        public bool IsSlow { get; set; }

        public void Begin()
        {
            AskedBeforeTheFirst = -1;
            Asked.Clear();
            Unasked.Clear();
        }

        public void Ask(nint address, nint bytes)
        {
            Assert.Equal(Dimension * sizeof(float), bytes);
            Asked.Add((int)((float*)address - rows[0]) / Dimension);
        }

        public void Verify(int row)
        {
            if (AskedBeforeTheFirst < 0) AskedBeforeTheFirst = Asked.Count;
            if (!Asked.Contains(row)) Unasked.Add(row);
            if (!IsSlow) return;
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(0.6)) Thread.SpinWait(20);
        }
    }
}
