using MemoryEngine.Evidence.State;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Evidence;

/// <summary>A ring keeps the newest whole, and never says of old bytes that they are still there.</summary>
public sealed class ByteRingTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(1000)]
    public void What_is_found_is_what_was_added_and_the_newest_are_found(int capacity)
    {
        var random = new Random(TestSeed.Value);
        var ring = new ByteRing(capacity);
        var added = new List<(RingPlace Place, byte[] Bytes)>();
        var largest = capacity / 4;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(1, largest)];
            random.NextBytes(bytes);
            added.Add((ring.Add(bytes), bytes));
            var newer = 0;
            for (var back = added.Count - 1; back >= Math.Max(0, added.Count - 200); back--)
            {
                var found = ring.Find(added[back].Place);
                newer += added[back].Bytes.Length;
                if (found.Length > 0) Assert.Equal(added[back].Bytes, found.ToArray());
                // What one round cannot use at its end is less than the largest.
                else Assert.True(newer > capacity - largest, $"{newer} bytes of {capacity} drove it out.");
            }
        }
        Assert.Equal(0, ring.Find(added[0].Place).Length);
    }

    [Fact]
    public void What_is_longer_than_the_ring_has_no_place_and_drives_nothing_out()
    {
        var ring = new ByteRing(10);
        var place = ring.Add([1, 2, 3]);
        var none = ring.Add(new byte[11]);
        Assert.Equal(0, ring.Find(none).Length);
        Assert.Equal([1, 2, 3], ring.Find(place).ToArray());
        Assert.Equal(new byte[10], ring.Find(ring.Add(new byte[10])).ToArray());
        Assert.Equal(0, ring.Find(place).Length);
        Assert.Equal(0, new ByteRing(0).Find(new ByteRing(0).Add([1])).Length);
    }
}
