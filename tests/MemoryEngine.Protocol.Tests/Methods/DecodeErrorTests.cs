using System.Buffers;
using MemoryEngine.Protocol.Methods;

namespace MemoryEngine.Protocol.Tests.Methods;

/// <summary>A refusal says which field it is about, what was expected and what was found; and it costs what the input costs.</summary>
public sealed class DecodeErrorTests
{
    private const string Id = "d9 24 30313930303030302d303030302d373030302d383030302d303030303030303030303031";

    [Theory]
    [InlineData("memory.remember", "91 80", "text: it is required, and it is not there")]
    [InlineData("memory.remember", "91 81 @text c0", "text: it is required, and it is not there")]
    [InlineData("memory.remember", "91 81 @text 05", "text: expected a string, found an integer")]
    [InlineData("memory.remember", "91 82 @text a161 @level 05", "level: expected an integer from 1 to 4, found 5")]
    [InlineData("memory.remember", "91 82 @text a161 @level cb4000000000000000", "level: expected an integer, found a float")]
    [InlineData("memory.remember", "91 82 @text a161 @format @poem", "format: expected trajectory, workflow, summary or insight, found \"poem\"")]
    [InlineData("memory.remember", "91 82 @text a161 @tags 92 a161 01", "tags[1]: expected a string, found an integer")]
    [InlineData("memory.remember", "91 82 @text a161 @requires 81 a161 01", "requires.a: expected a string, found an integer")]
    [InlineData("memory.remember", "91 82 @text a161 @requires 82 a161 a0 a161 a0", "requires.a: expected it once, found it twice")]
    [InlineData("memory.remember", "91 82 @text a161 @requires 81 01 a161", "requires: expected a string, found an integer")]
    [InlineData("memory.remember", "91 82 @text a161 @vectors 81 a161 c403000000",
        "vectors.a: expected little-endian float32s of 4 bytes each, found 3 bytes")]
    [InlineData("memory.remember", "91 82 @text a161 @vectors 81 a161 91 01", "vectors.a: expected bytes, found an array")]
    [InlineData("memory.remember", "91 82 @text a161 @id a161",
        "id: expected a UUID such as 01900000-0000-7000-8000-000000000001, found another text")]
    [InlineData("memory.remember", "91 82 @text a161 @id 01",
        "id: expected a UUID such as 01900000-0000-7000-8000-000000000001, found an integer")]
    [InlineData("memory.remember", "91 82 @text a161 @expires_us ff",
        "expires_us: expected an integer from 0 to 253402300799999999, found -1")]
    [InlineData("memory.remember", "91 81 01 02", "expected a string as a key, found an integer")]
    [InlineData("memory.remember", "91 a161", "expected a map, found a string")]
    [InlineData("memory.remember", "81 a161 01", "expected an array, found a map")]
    [InlineData("memory.remember_many", "91 80", "memories: it is required, and it is not there")]
    [InlineData("memory.remember_many", "91 81 @memories 92 81 @text a161 82 @text a161 @level 00",
        "memories[1].level: expected an integer from 1 to 4, found 0")]
    [InlineData("memory.remember_many", "91 81 @memories 91 82 @text a161 @vectors 81 a162 c0",
        "memories[0].vectors.b: expected bytes, found nil")]
    [InlineData("memory.revise", "91 81 @text a161", "id: it is required, and it is not there")]
    [InlineData("memory.recall", "91 81 @level 93 01 02 03", "level: expected two integers, found 3 values")]
    [InlineData("memory.recall", "91 81 @level 92 03 02", "level: expected the smaller integer first, found 3, 2")]
    [InlineData("memory.recall", "91 81 @level 92 00 02", "level: expected an integer from 1 to 4, found 0")]
    [InlineData("memory.recall", "91 81 @mode @both", "mode: expected auto, single, cross or hybrid, found \"both\"")]
    [InlineData("memory.recall", "91 81 @pins 91 80", "pins[0].id: it is required, and it is not there")]
    [InlineData("memory.recall", "91 81 @vectors 91 82 @space a161 @vector c403000000",
        "vectors[0].vector: expected little-endian float32s of 4 bytes each, found 3 bytes")]
    [InlineData("memory.verify", "91 80", "ids: it is required, and it is not there")]
    [InlineData("memory.verify", "91 81 @ids 91 a161",
        "ids[0]: expected a UUID such as 01900000-0000-7000-8000-000000000001, found another text")]
    [InlineData("memory.snapshot.create", "91 81 @name 05", "name: expected a string, found an integer")]
    [InlineData("memory.recall", "91 81 @k 00", "k: expected an integer from 1 to 2147483647, found 0")]
    [InlineData("memory.recall", "91 81 @explain 01", "explain: expected a boolean, found an integer")]
    [InlineData("memory.recall", "91 81 @deadline_ms 00", "deadline_ms: expected an integer from 1 to 2147483647, found 0")]
    [InlineData("memory.hello", "91 81 @proto 92 01 a132", "proto: expected an integer, found a string")]
    [InlineData("memory.list", "91 81 @state @gone", "state: expected active, tombstoned or all, found \"gone\"")]
    public void A_refusal_names_the_field(string method, string parameters, string message)
    {
        var error = Assert.Throws<ProtocolException>(
            () => MemoryMethods.Find(method)!.ReadParameters(Bytes.InPieces(Bytes.Hex(WithNames(parameters)), 3), ProtocolLimits.Default));
        Assert.Equal((ProtocolProblem.Unexpected, message), (error.Problem, error.Message));
        Assert.Equal(message.Contains(": ", StringComparison.Ordinal) ? message.Split(": ")[0] : null, error.Field);
    }

    [Fact]
    public void Broken_text_in_a_field_is_malformed_and_says_which()
    {
        var error = Assert.Throws<ProtocolException>(
            () => MemoryMethods.Remember.ReadRequest(Bytes.Whole(Bytes.Hex(WithNames("91 81 @text a1ff"))), ProtocolLimits.Default));
        Assert.Equal((ProtocolProblem.Malformed, "text"), (error.Problem, error.Field));
    }

    [Theory]
    [InlineData(38)]
    [InlineData(39)]
    [InlineData(40)]
    public void A_long_value_is_shown_in_part_and_never_cut_within_a_character(int before)
    {
        var format = new string('x', before) + string.Concat(Enumerable.Repeat("\ud83d\ude00", 40));
        var parameters = WithNames("91 81 @format") + Bytes.Hex(Bytes.Encode(w => w.WriteString(format)));
        var error = Assert.Throws<ProtocolException>(
            () => MemoryMethods.Recall.ReadRequest(Bytes.Whole(Bytes.Hex(parameters)), ProtocolLimits.Default));
        Assert.EndsWith("...\"", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 60, 140);
        Assert.NotEmpty(Bytes.Encode(w => w.WriteString(error.Message)));
    }

    [Fact]
    public void One_level_stands_for_a_range_of_one()
    {
        var request = MemoryMethods.Recall.ReadRequest(Bytes.Whole(Bytes.Hex(WithNames("91 81 @level 03"))), ProtocolLimits.Default);
        Assert.Equal((3, 3), request.Level);
    }

    [Theory]
    [InlineData("20 30313930303030302d303030302d373030302d383030302d3030303030303030303031 20")]
    [InlineData("20 3031393030303030303030303730303038303030303030303030303030303031 202020")]
    public void An_id_has_exactly_one_form(string text)
    {
        var parameters = WithNames("91 81 @id d924") + text;
        Assert.Throws<ProtocolException>(() => MemoryMethods.Forget.ReadRequest(Bytes.Whole(Bytes.Hex(parameters)), ProtocolLimits.Default));
        var good = MemoryMethods.Forget.ReadRequest(Bytes.Whole(Bytes.Hex(WithNames("91 81 @id") + Id)), ProtocolLimits.Default);
        Assert.Equal(new Guid("01900000-0000-7000-8000-000000000001"), good.Id);
    }

    /// <summary>What the smallest values blow up to: a list of a million empty memories must not take a gigabyte.</summary>
    [Theory]
    [InlineData("dd 0000f000", 0xF000, "81 a4 74657874 a0")]
    [InlineData("dd 0000f000", 0xF000, "c0")]
    [InlineData("dd 0000f000", 0xF000, "80")]
    public void Allocation_is_bounded_by_the_input(string head, int count, string memory)
    {
        var one = Bytes.Hex(memory);
        byte[] parameters = [.. Bytes.Hex(WithNames("91 81 @memories") + head), .. Enumerable.Repeat(one, count).SelectMany(b => b)];
        AssertBounded("memory.remember_many", parameters);
    }

    [Fact]
    public void Allocation_is_bounded_for_many_small_pairs_and_for_unknown_ones()
    {
        var pairs = Enumerable.Range(0, 0xF000).SelectMany(i => Bytes.Encode(w =>
        {
            w.WriteString($"{i}");
            w.WriteString("a");
        }));
        AssertBounded("memory.remember", [.. Bytes.Hex(WithNames("91 82 @text a161 @requires df0000f000")), .. pairs]);
        AssertBounded("memory.remember", [.. Bytes.Hex("91 df0000f000"), .. pairs]);
        AssertBounded("memory.remember", Bytes.Hex(WithNames("91 82 @text a161 @tags ddffffffff a161")));
        AssertBounded("memory.remember", Bytes.Hex(WithNames("91 82 @text a161 @tags dd0000ffff a161")));
        AssertBounded("memory.remember", Bytes.Hex(WithNames("91 82 @text a161 @vectors 81 a161 c6fffffffc 00")));
    }

    private static void AssertBounded(string method, byte[] parameters)
    {
        // The first run also allocates what is kept for ever.
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (16 << 10) + (64L * parameters.Length), $"{allocated} bytes were allocated for {parameters.Length}.");

        void Run()
        {
            try
            {
                MemoryMethods.Find(method)!.ReadParameters(new ReadOnlySequence<byte>(parameters), ProtocolLimits.Default);
            }
            catch (ProtocolException e)
            {
                // Refused or not: what is measured is the cost.
                Assert.NotEmpty(e.Message);
            }
        }
    }

    // A word behind an @ stands for its bytes as a short string.
    private static string WithNames(string hex) => string.Join(' ', hex.Split(' ').Select(part =>
        part.StartsWith('@') ? Bytes.Hex(Bytes.Encode(w => w.WriteString(part.AsSpan(1)))) : part));
}
