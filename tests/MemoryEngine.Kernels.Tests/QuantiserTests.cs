using Xunit.Abstractions;

namespace MemoryEngine.Kernels.Tests;

/// <summary>What codes say of a distance is near the distance, and near vectors are told apart best.</summary>
public sealed unsafe class QuantiserTests(ITestOutputHelper output)
{
    /// <summary>
    /// Errors are in proportion to the lengths of the two vectors as seen from the centre, and have the standard deviation that
    /// <see cref="Deviation"/> gives.
    /// </summary>
    [Theory]
    [InlineData(8, 100)]
    [InlineData(8, 384)]
    [InlineData(8, 1000)]
    [InlineData(4, 100)]
    [InlineData(4, 384)]
    [InlineData(4, 1536)]
    [InlineData(2, 384)]
    [InlineData(2, 1536)]
    [InlineData(1, 384)]
    [InlineData(1, 1536)]
    public void Estimates_are_as_near_the_distance_as_rounding_allows(int bits, int dimension)
    {
        const int Pairs = 400;
        var random = new Random(Seed.Take(output));
        foreach (var distance in Enum.GetValues<CodeDistance>())
        {
            var centre = Vector(random, dimension, 3f);
            var coder = new Coder(bits, centre, distance);
            var (sum, squares, largest) = (0.0, 0.0, 0.0);
            for (var i = 0; i < Pairs; i++)
            {
                var (query, vector) = (Near(random, centre), Near(random, centre));
                var lengths = Math.Sqrt(Squared(query, centre) * Squared(vector, centre));
                var error = (coder.Estimate(query, vector) - Exact(query, vector, distance)) / lengths;
                (sum, squares, largest) = (sum + error, squares + (error * error), Math.Max(largest, Math.Abs(error)));
            }
            var deviation = Deviation(bits, dimension, distance);
            var (mean, spread) = (sum / Pairs, Math.Sqrt(squares / Pairs));
            output.WriteLine($"{distance}: of {deviation:g4} the spread is {spread / deviation:f3}, the largest {largest / deviation:f2}.");
            // The spread of 400 errors is within 3.6 % of the true one, and their mean within 5 % of zero, two times out of three.
            Assert.True(spread <= 1.3 * deviation, $"{distance}: errors spread by {spread}, not by {deviation}.");
            Assert.True(Math.Abs(mean) <= 0.35 * deviation, $"{distance}: errors lean to one side, by {mean}; they spread by {deviation}.");
            Assert.True(largest <= 7 * deviation, $"{distance}: the largest error is {largest}; they should spread by {deviation}.");
        }
    }

    /// <summary>
    /// A code's error stands perpendicular to its vector, so what is nearest of all is estimated as well as the query's bytes allow,
    /// whose errors spread by less than 0.01 lengths over √dimension. Without the factor of four bits it would be 0.012 lengths off.
    /// </summary>
    [Theory]
    [InlineData(8, 384)]
    [InlineData(4, 384)]
    [InlineData(4, 1536)]
    [InlineData(2, 384)]
    [InlineData(1, 384)]
    [InlineData(1, 1000)]
    public void The_distance_of_a_vector_to_itself_has_the_error_of_the_query_alone(int bits, int dimension)
    {
        var random = new Random(Seed.Take(output));
        foreach (var distance in Enum.GetValues<CodeDistance>())
        {
            var centre = Vector(random, dimension, 3f);
            var coder = new Coder(bits, centre, distance);
            var lengths = (distance == CodeDistance.SquaredL2 ? 2 : 1) * 0.01 / Math.Sqrt(dimension);
            for (var i = 0; i < 100; i++)
            {
                var vector = Near(random, centre);
                Assert.Equal(Exact(vector, vector, distance), coder.Estimate(vector, vector), 7 * lengths * Squared(vector, centre));
            }
        }
    }

    [Fact]
    public void One_dimension_has_no_error_but_that_of_floats()
    {
        var random = new Random(Seed.Take(output));
        foreach (var distance in Enum.GetValues<CodeDistance>())
        {
            var centre = Vector(random, 1, 3f);
            var coder = new Coder(8, centre, distance);
            for (var i = 0; i < 400; i++)
            {
                var (query, vector) = (Near(random, centre), Near(random, centre));
                // Numbers are below 8, and a handful of them are rounded to 24 bits.
                Assert.Equal(Exact(query, vector, distance), coder.Estimate(query, vector), 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(384)]
    [InlineData(17)]
    public void Codes_of_bytes_compare_with_each_other_as_their_vectors_do(int dimension)
    {
        var random = new Random(Seed.Take(output));
        var centre = Vector(random, dimension, 1f);
        var quantiser = new ByteQuantiser(centre, CodeDistance.SquaredL2);
        var (a, b) = (Near(random, centre), Near(random, centre));
        var (first, second) = (new sbyte[dimension], new sbyte[dimension]);
        var query = quantiser.AsQuery(quantiser.Encode(a, first));
        var tail = quantiser.Encode(b, second);
        fixed (sbyte* x = first, y = second)
        {
            var estimate = query.Distance(KernelTable.Current.DotBytes(x, y, dimension), tail);
            Assert.Equal(Squared(a, b), estimate, 0.02 * Math.Sqrt(Squared(a, centre) * Squared(b, centre)));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(1)]
    public void A_vector_at_the_centre_has_its_exact_distance(int bits)
    {
        var random = new Random(Seed.Take(output));
        var centre = Vector(random, 50, 1f);
        var query = Near(random, centre);
        var coder = new Coder(bits, centre, CodeDistance.SquaredL2);
        Assert.Equal(Squared(query, centre), coder.Estimate(query, centre), 1e-4 * Squared(query, centre));
        Assert.Equal(0.0, coder.Estimate(centre, centre), 1e-6);
    }

    [Theory]
    [InlineData(8, 0.95)]
    [InlineData(4, 0.75)]
    [InlineData(2, 0.5)]
    [InlineData(1, 0.3)]
    public void The_nearest_of_many_are_mostly_found(int bits, double recall)
    {
        const int Dimension = 256;
        var random = new Random(Seed.Take(output));
        var centre = Vector(random, Dimension, 1f);
        var vectors = Enumerable.Range(0, 500).Select(_ => Near(random, centre)).ToArray();
        var coder = new Coder(bits, centre, CodeDistance.SquaredL2);
        var found = 0;
        for (var i = 0; i < 20; i++)
        {
            var query = Near(random, centre);
            var truth = vectors.OrderBy(v => Squared(query, v)).Take(10).ToHashSet();
            found += vectors.OrderBy(v => coder.Estimate(query, v)).Take(10).Count(truth.Contains);
        }
        output.WriteLine($"{bits} bits: recall@10 {found / 200.0}");
        Assert.True(found / 200.0 >= recall, $"{bits} bits: recall@10 is {found / 200.0}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(384)]
    [InlineData(1025)]
    public void A_rotation_keeps_lengths_and_angles(int dimension)
    {
        var random = new Random(Seed.Take(output));
        var rotation = new Rotation(dimension);
        var (a, b) = (Vector(random, dimension, 1f), Vector(random, dimension, 1f));
        var (x, y) = (a.ToArray(), b.ToArray());
        rotation.Apply(x);
        rotation.Apply(y);
        Assert.Equal(Squared(a, new float[dimension]), Squared(x, new float[dimension]), 1e-4 * dimension);
        Assert.Equal(Squared(a, b), Squared(x, y), 1e-4 * dimension);
    }

    [Fact]
    public void A_rotation_spreads_one_component_over_all()
    {
        var vector = new float[384];
        vector[0] = 1f;
        new Rotation(384).Apply(vector);
        Assert.All(vector, v => Assert.True(Math.Abs(v) < 0.3f));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    public void Other_widths_are_refused(int bits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BitQuantiser(bits, new float[4], CodeDistance.SquaredL2));

    /// <summary>
    /// The standard deviation of an estimate's error, in lengths of the vectors, for components that are evenly distributed.
    /// Measured over 100 seeds of 400 pairs it is within 3 % of this for each row of the test.
    /// </summary>
    /// <remarks>
    /// A code's error stands perpendicular to its vector, so its share of a product with another vector is that vector's length times
    /// the error's, times a random cosine, whose standard deviation is 1/√dimension. A byte rounds to steps of 1/127 of the largest
    /// component, on both sides. Few bits round a rotated, so normal, component: the mean squared errors are those of the best even
    /// steps for it (J. Max, Quantizing for minimum distortion, 1960, table II), and the query's bytes add next to nothing.
    /// </remarks>
    private static double Deviation(int bits, int dimension, CodeDistance distance)
    {
        var lost = bits switch
        {
            8 => 2 * 3.0 / (12 * 127 * 127),
            4 => 0.01154,
            2 => 0.1188,
            _ => 0.3634,
        };
        var weight = distance == CodeDistance.SquaredL2 ? 2 : 1;
        return weight * Math.Sqrt(lost / (1 - lost) / dimension);
    }

    private static float[] Vector(Random random, int dimension, float scale) =>
        [.. Enumerable.Range(0, dimension).Select(_ => scale * (random.NextSingle() - 0.5f))];

    private static float[] Near(Random random, float[] centre) => [.. centre.Select(c => c + random.NextSingle() - 0.5f)];

    private static double Squared(float[] a, float[] b) => a.Zip(b).Sum(p => ((double)p.First - p.Second) * (p.First - p.Second));

    private static double Exact(float[] a, float[] b, CodeDistance distance) => distance == CodeDistance.SquaredL2
        ? Squared(a, b)
        : -a.Zip(b).Sum(p => (double)p.First * p.Second);

    /// <summary>Codes both sides and compares them, at any number of bits.</summary>
    private sealed class Coder(int bits, float[] centre, CodeDistance distance)
    {
        private readonly ByteQuantiser _bytes = new(centre, distance);
        private readonly BitQuantiser? _bits = bits == 8 ? null : new BitQuantiser(bits, centre, distance);

        public float Estimate(float[] query, float[] vector)
        {
            var code = new sbyte[_bits?.CodeBytes ?? _bytes.CodeBytes];
            var queryCode = new sbyte[_bits?.QueryBytes ?? _bytes.CodeBytes];
            fixed (sbyte* c = code, q = queryCode)
            {
                if (_bits is null)
                {
                    var tail = _bytes.Encode(vector, code);
                    return _bytes.EncodeQuery(query, queryCode).Distance(KernelTable.Current.DotBytes(q, c, code.Length), tail);
                }
                var bitTail = _bits.Encode(vector, new Span<byte>(c, code.Length));
                var coded = _bits.EncodeQuery(query, queryCode);
                return coded.Distance(Product(q, (byte*)c, code.Length), bitTail);
            }
        }

        private int Product(sbyte* query, byte* code, int codeBytes) => bits switch
        {
            4 => KernelTable.Current.DotNibbles(query, code, codeBytes),
            2 => KernelTable.Current.DotPairs(query, code, codeBytes),
            _ => KernelTable.Current.DotBits(query, code, codeBytes),
        };
    }
}
