using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Protocol.MessagePack;
using Xunit.Abstractions;

namespace MemoryEngine.Protocol.Tests.MessagePack;

/// <summary>Any value comes back as it was, whole or in pieces, and the scanner finds its end.</summary>
public sealed class ValueProperties(ITestOutputHelper output)
{
    private static readonly Gen<string> Text =
        from runes in Gen.OneOf(
            Gen.Choose(0, 0x7F).Select(c => ((char)c).ToString()),
            Gen.Choose(0x80, 0xD7FF).Select(c => ((char)c).ToString()),
            Gen.Choose(0x10000, 0x10FFFF).Select(char.ConvertFromUtf32)).ListOf()
        select string.Concat(runes);

    private static readonly Gen<byte[]> Data = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    private static readonly Gen<object?> Scalar = Gen.OneOf(
        Gen.Elements<object?>(null, true, false, 0L, -1L, long.MinValue, long.MaxValue, ulong.MaxValue, 1.5f, double.NaN, -0.0),
        ArbMap.Default.GeneratorFor<long>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<int>().Select(v => (object?)(long)v),
        ArbMap.Default.GeneratorFor<double>().Select(v => (object?)v),
        Text.Select(v => (object?)v),
        Data.Select(v => (object?)v),
        Data.Select(v => (object?)new Extension(5, v)),
        Gen.Choose(0, 999_999_999).SelectMany(n => ArbMap.Default.GeneratorFor<long>().Select(s => (object?)new MessagePackTimestamp(s, (uint)n))));

    [Fact]
    public void A_value_comes_back_as_it_was() =>
        Seeds.Check(output, Prop.ForAll(Arb.From(Value(3)), Arb.From(Gen.Choose(1, 9)), (value, size) =>
        {
            var bytes = Bytes.Encode(w => Write(w, value));
            var text = Notation.Of(Bytes.Whole(bytes));
            Assert.Equal(Describe(value), text);
            Assert.Equal(text, Notation.Of(Bytes.InPieces(bytes, size)));
            var scanner = new MessageScanner(ProtocolLimits.Default);
            Assert.True(scanner.Scan(Bytes.InPieces((byte[])[.. bytes, 0xC1], size), out _));
            Assert.Equal(bytes.Length, scanner.Length);
        }));

    [Fact]
    public void Utf8_in_pieces_is_what_the_framework_takes_for_utf8()
    {
        var byteOfText = Gen.OneOf(Text.Select(System.Text.Encoding.UTF8.GetBytes), Data);
        Seeds.Check(output, Prop.ForAll(Arb.From(byteOfText.ListOf()), Arb.From(Gen.Choose(1, 5)), (parts, size) =>
        {
            byte[] bytes = [.. parts.SelectMany(p => p)];
            Assert.Equal(System.Text.Unicode.Utf8.IsValid(bytes), Utf8Check.IsUtf8(Bytes.InPieces(bytes, size)));
        }), 1000);
    }

    private static Gen<object?> Value(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency(
            (4, Scalar),
            (1, Value(depth - 1).ArrayOf().Select(v => (object?)v)),
            (1, Gen.Zip(Value(depth - 1), Value(depth - 1)).ArrayOf().Select(v => (object?)v)));

    private static void Write(MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNil(); break;
            case bool v: writer.WriteBoolean(v); break;
            case long v: writer.WriteInteger(v); break;
            case ulong v: writer.WriteInteger(v); break;
            case float v: writer.WriteSingle(v); break;
            case double v: writer.WriteDouble(v); break;
            case string v: writer.WriteString(v); break;
            case byte[] v: writer.WriteBinary(v); break;
            case Extension v: writer.WriteExtension(v.Type, v.Data); break;
            case MessagePackTimestamp v: writer.WriteTimestamp(v); break;
            case object?[] v:
                writer.WriteArrayHeader(v.Length);
                foreach (var item in v) Write(writer, item);
                break;
            case (object?, object?)[] v:
                writer.WriteMapHeader(v.Length);
                foreach (var (key, item) in v)
                {
                    Write(writer, key);
                    Write(writer, item);
                }
                break;
            default: throw new InvalidOperationException($"{value.GetType()} has no writer.");
        }
    }

    private static string Describe(object? value) => value switch
    {
        null => "nil",
        bool v => v ? "true" : "false",
        float v => $"{v:R}f",
        double v => v.ToString("R"),
        string v => $"\"{v.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"",
        byte[] v => $"h'{Bytes.Hex(v)}'",
        Extension v => $"ext({v.Type}, h'{Bytes.Hex(v.Data)}')",
        MessagePackTimestamp v => $"time({v.Seconds}, {v.Nanoseconds})",
        object?[] v => $"[{string.Join(", ", v.Select(Describe))}]",
        (object?, object?)[] v => $"{{{string.Join(", ", v.Select(p => $"{Describe(p.Item1)}: {Describe(p.Item2)}"))}}}",
        _ => value.ToString()!,
    };

    private sealed record Extension(sbyte Type, byte[] Data);
}
