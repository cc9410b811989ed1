using System.Buffers.Binary;
using System.Text;
using MemoryEngine.Agents.Embedders;
using MemoryEngine.Testing;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>Files that nobody would call a model: each is refused with its name and a reason, and none is read beyond its end.</summary>
public sealed class HostileModelTests
{
    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{\"a\":", "no JSON")]
    [InlineData("""{"a":1}""", "without a dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "a shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "a shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "do not fit F32 of shape [2]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", "do not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "from 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap or an overlap")]
    [InlineData("""{"a":{"dtype":"Q","shape":[1],"data_offsets":[9223372036854775800,9223372036854775807]}}""", "which are none")]
    [InlineData("""{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[4],"data_offsets":[2,6]}}""", "gap or an overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "its header describes")]
    public void A_header_is_not_believed(string header, string why)
    {
        using var folder = ModelFolder.Whole();
        File.WriteAllBytes(folder.Table, ModelFolder.FileOf(header, new byte[8]));
        Refused(folder, folder.Table, why);
    }

    [Theory]
    [InlineData(0, "too few")]
    [InlineData(7, "too few")]
    [InlineData(8, "its header has 120")]
    public void A_file_that_ends_too_soon_is_refused(int bytes, string why)
    {
        using var folder = ModelFolder.Whole();
        var whole = new byte[128];
        BinaryPrimitives.WriteInt64LittleEndian(whole, 120);
        File.WriteAllBytes(folder.Table, whole[..bytes]);
        Refused(folder, folder.Table, why);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    [InlineData(17L << 20)]
    public void A_length_beyond_all_measure_is_not_allocated(long length)
    {
        using var folder = ModelFolder.Whole();
        var bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(folder.Table, bytes);
        Refused(folder, folder.Table, "are allowed");
    }

    [Fact]
    public void A_table_must_fit_its_tokens()
    {
        var count = ModelFolder.Pieces.Length;
        float[] rows = [.. ModelFolder.Rows(count)];
        var table = ("embeddings", "F32", new long[] { count, 3 }, ModelFolder.Singles(rows));
        Refused("no tensor 'embeddings'", ("other", "F32", [count, 3], ModelFolder.Singles(rows)));
        Refused("no rows of", ("embeddings", "F32", [count * 3], ModelFolder.Singles(rows)));
        Refused("no rows of", ("embeddings", "F32", [count * 3, 1], ModelFolder.Singles(rows)));
        Refused("no rows of", ("embeddings", "F32", [0, 3], []));
        Refused("of I32", ("embeddings", "I32", [count, 3], ModelFolder.Singles(rows)));
        Refused("has 9 tokens, and the table 8 rows", ("embeddings", "F32", [count - 1, 3], ModelFolder.Singles(rows[..^3])));
        Refused("'weights'", table, ("weights", "F32", [2], ModelFolder.Singles(1, 2)));
        Refused("'weights'", table, ("weights", "F32", [count, 3], ModelFolder.Singles(rows)));
        Refused("a NaN", table, ("weights", "F32", [count], ModelFolder.Singles([.. Enumerable.Repeat(float.NaN, count)])));
        Refused("'mapping'", table, ("mapping", "F32", [count], new byte[4 * count]));
        Refused("'mapping'", table, ("mapping", "I32", [1], new byte[4]));
        Refused("to row -1 of 9", table, ("mapping", "I32", [count], [.. Enumerable.Repeat((byte)255, 4 * count)]));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public void A_missing_file_is_named(string name)
    {
        using var folder = ModelFolder.Whole();
        var path = Path.Combine(folder.Root, name);
        File.Delete(path);
        Refused(folder, path, "cannot be read");
        var nowhere = Path.Combine(folder.Root, "nowhere");
        var error = Assert.Throws<MemoryEngineException>(() => StaticEmbeddingGenerator.Open(nowhere));
        Assert.Contains(nowhere, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_is_none_is_refused()
    {
        using var folder = ModelFolder.Whole();
        File.WriteAllText(folder.Config, "normalize: true");
        Refused(folder, folder.Config, "no JSON");
    }

    [Fact]
    public async Task Damage_is_refused_or_harmless()
    {
        var random = new Random(TestSeed.Value);
        using var folder = ModelFolder.Whole();
        byte[][] wholes = [File.ReadAllBytes(folder.Table), File.ReadAllBytes(folder.Tokenizer)];
        string[] paths = [folder.Table, folder.Tokenizer];
        for (var run = 0; run < 800; run++)
        {
            var which = run % 2;
            File.WriteAllBytes(paths[which], Damage(random, wholes[which]));
            try
            {
                using var embedder = StaticEmbeddingGenerator.Open(folder.Root);
                Assert.Equal(embedder.Dimension, (await embedder.GenerateAsync(["Retrys the queue. \u00e9\u4e2d"]))[0].Vector.Length);
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.Embedder && e.Message.StartsWith(folder.Root, StringComparison.Ordinal))
            {
                // Refused with the name of the file, as it should be.
            }
            catch (Exception e)
            {
                Assert.Fail($"Run {run} of seed {TestSeed.Value}: {e}");
            }
            File.WriteAllBytes(paths[which], wholes[which]);
        }
    }

    private static byte[] Damage(Random random, byte[] whole)
    {
        var bytes = whole.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(5))
            {
                case 0: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[random.Next(bytes.Length)] = (byte)"0129[]{},:\"-eE."[random.Next(15)]; break;
                case 2: bytes = bytes[..random.Next(1, bytes.Length + 1)]; break;
                case 3: bytes = [.. bytes, .. new byte[random.Next(1, 9)]]; break;
                default:
                    var at = random.Next(bytes.Length);
                    bytes = [.. bytes[..at], .. Encoding.ASCII.GetBytes(random.NextInt64().ToString()), .. bytes[at..]];
                    break;
            }
        }
        return bytes;
    }

    private static void Refused(string why, params (string Name, string Type, long[] Shape, byte[] Bytes)[] tensors)
    {
        using var folder = ModelFolder.Whole();
        folder.WriteTable(tensors);
        Refused(folder, folder.Root, why);
    }

    private static void Refused(ModelFolder folder, string path, string why)
    {
        var error = Assert.Throws<MemoryEngineException>(() => StaticEmbeddingGenerator.Open(folder.Root));
        Assert.Equal(ErrorCode.Embedder, error.Code);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
