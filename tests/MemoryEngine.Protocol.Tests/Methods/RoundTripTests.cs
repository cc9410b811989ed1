using System.Buffers;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Wire;
using Xunit.Abstractions;

namespace MemoryEngine.Protocol.Tests.Methods;

/// <summary>Every map of every method comes back as it was, whatever stands beside it and in which order.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    public static TheoryData<string> Types => [.. RandomMaps.Types.Select(t => t.Name)];

    private static Arbitrary<int> Seed => Arb.From(Gen.Choose(0, int.MaxValue - 1));

    [Theory]
    [MemberData(nameof(Types))]
    public void A_map_comes_back_as_it_was(string name)
    {
        var type = RandomMaps.Types.Single(t => t.Name == name);
        Seeds.Check(output, Prop.ForAll(Seed, seed =>
        {
            var map = new RandomMaps(new Random(seed)).Make(type);
            var bytes = Encode(map);
            RandomMaps.AssertSame(map, Read(type, Bytes.Whole(bytes)), name);
            RandomMaps.AssertSame(map, Read(type, Bytes.InPieces(bytes, 1 + (seed % 7))), name);
            Assert.Equal(bytes, Encode(Read(type, Bytes.Whole(bytes))));
        }));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Order_unknown_keys_and_nils_do_not_matter(string name)
    {
        var type = RandomMaps.Types.Single(t => t.Name == name);
        Seeds.Check(output, Prop.ForAll(Seed, seed =>
        {
            var random = new Random(seed);
            var map = new RandomMaps(random).Make(type);
            var pairs = Pairs(Encode(map));
            var names = pairs.Select(p => p.Key).ToHashSet();
            foreach (var absent in FieldsOf(type).Where(n => !names.Contains(n)))
                pairs.Add((absent, [MessagePackCode.Nil]));
            pairs.Add(("unknown", Bytes.Hex("82 01 92 c0 a1 61 c0 90")));
            pairs.Add((new string('k', 1000), [MessagePackCode.True]));
            var shuffled = pairs.ToArray();
            random.Shuffle(shuffled);
            RandomMaps.AssertSame(map, Read(type, Bytes.InPieces(Join(shuffled), 5)), name);
        }));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_field_that_is_there_twice_is_refused(string name)
    {
        var type = RandomMaps.Types.Single(t => t.Name == name);
        var pairs = Pairs(Encode(new RandomMaps(new Random(Seeds.Next(output))).Make(type)));
        if (pairs.Count == 0) return;
        pairs.Add(pairs[0]);
        var error = Assert.Throws<ProtocolException>(() => Read(type, Bytes.Whole(Join(pairs))));
        Assert.Equal($"{pairs[0].Key}: expected it once, found it twice", error.Message);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Cut_anywhere_a_map_is_incomplete(string name)
    {
        var type = RandomMaps.Types.Single(t => t.Name == name);
        var bytes = Encode(new RandomMaps(new Random(Seeds.Next(output))).Make(type));
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            var error = Assert.Throws<ProtocolException>(() => Read(type, Bytes.Whole(cut)));
            Assert.Equal(ProtocolProblem.Incomplete, error.Problem);
        }
    }

    [Fact]
    public void Every_map_belongs_to_a_method()
    {
        var reached = new HashSet<Type>();
        foreach (var method in MemoryMethods.All.Append(MemoryMethods.Change).Append(MemoryMethods.Error))
            foreach (var type in method.GetType().GetGenericArguments()) Reach(type, reached);
        Assert.DoesNotContain(RandomMaps.Types, t => !reached.Contains(t));
        Assert.Equal(MemoryMethods.All.Count, MemoryMethods.All.Select(m => m.Name).Distinct().Count());
        Assert.All(MemoryMethods.All, m => Assert.Same(m, MemoryMethods.Find(m.Name)));
        Assert.Null(MemoryMethods.Find("memory.nothing"));
    }

    private static void Reach(Type type, HashSet<Type> reached)
    {
        if (!type.IsAssignableTo(typeof(IWireMap)) || !reached.Add(type)) return;
        foreach (var property in type.GetProperties())
            foreach (var part in property.PropertyType.GetGenericArguments().Append(property.PropertyType)) Reach(part, reached);
    }

    private static byte[] Encode(IWireMap map) => Bytes.Encode(w => MapWriter.Write(w, map));

    private static IWireMap Read(Type type, ReadOnlySequence<byte> bytes)
    {
        var read = typeof(RoundTripTests).GetMethod(nameof(ReadAs), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);
        return read.CreateDelegate<Func<ReadOnlySequence<byte>, IWireMap>>()(bytes);
    }

    private static IWireMap ReadAs<T>(ReadOnlySequence<byte> bytes)
        where T : IWireMap<T> => MapReader.Read<T>(bytes, ProtocolLimits.Default);

    private static IReadOnlyList<string> FieldsOf(Type type)
    {
        var names = typeof(FieldNames<>).MakeGenericType(type).GetProperty("Names")!.GetValue(null)!;
        return ((FieldNames)names).All;
    }

    private static List<(string Key, byte[] Value)> Pairs(byte[] map)
    {
        var reader = new MessagePackReader(Bytes.Whole(map), ProtocolLimits.Default);
        var pairs = new List<(string, byte[])>();
        for (var left = reader.ReadMapHeader(); left > 0; left--) pairs.Add((reader.ReadString(), reader.ReadRaw().ToArray()));
        return pairs;
    }

    private static byte[] Join(IReadOnlyCollection<(string Key, byte[] Value)> pairs) => Bytes.Encode(w =>
    {
        w.WriteMapHeader(pairs.Count);
        foreach (var (key, value) in pairs)
        {
            w.WriteString(key);
            w.WriteRaw(Bytes.Whole(value));
        }
    });
}
