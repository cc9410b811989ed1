using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Tests.Methods;
using MemoryEngine.Protocol.Wire;
using MemoryEngine.Testing;

namespace MemoryEngine.Protocol.Tests;

/// <summary>docs/protocol.md says what the codec does: its bytes, its fields, its errors and its limits are read from the page.</summary>
public sealed partial class ProtocolPageTests
{
    private static readonly string Page = RepositoryFiles.Text("docs", "protocol.md");

    public static TheoryData<string> Examples => [.. Blocks().Keys];

    public static TheoryData<string> Methods => [.. MemoryMethods.All.Append(MemoryMethods.Change).Append(MemoryMethods.Error).Select(m => m.Name)];

    [Fact]
    public void Every_method_shows_a_request_and_a_response() =>
        Assert.Equal(
            MemoryMethods.All.SelectMany(m => new[] { $"{m.Name} request", $"{m.Name} response" })
                .Append("memory.change notification").Append("memory.error notification").Append("error").Order(StringComparer.Ordinal),
            Blocks().Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_says_what_stands_below_it_and_is_what_the_codec_writes(string name)
    {
        var (bytes, notation) = Blocks()[name];
        Assert.Equal(notation, Notation.Of(Bytes.Whole(bytes)));
        var scanner = new MessageScanner(ProtocolLimits.Default);
        Assert.True(scanner.Scan(Bytes.Whole(bytes), out _));
        Assert.Equal(bytes.Length, scanner.Length);
        var message = RpcMessage.Parse(Bytes.Whole(bytes), ProtocolLimits.Default);
        var method = MemoryMethods.Find(name.Split(' ')[0]);
        var output = new ArrayBufferWriter<byte>();
        if (message.Kind == RpcKind.Notification)
            RpcWriter.WriteNotification(output, message.Method, Notification(message.Method).ReadParameters(message.Params, ProtocolLimits.Default));
        else if (method is null) RpcWriter.WriteError(output, message.Id, message.Error!.Value);
        else if (message.Kind == RpcKind.Request)
            RpcWriter.WriteRequest(output, message.Id, method.Name, method.ReadParameters(message.Params, ProtocolLimits.Default));
        else RpcWriter.WriteResult(output, message.Id, method.ReadAnyResult(message.Result, ProtocolLimits.Default));
        Assert.Equal(Bytes.Hex(bytes), Bytes.Hex(output.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_field_of_a_method_is_described(string name)
    {
        var (parameters, result) = (MemoryMethods.Find(name) ?? Notification(name)).Fields;
        var section = Section($"### {name}");
        var text = section + Section("## Parameters of every method");
        if (section.Contains("(#content-of-a-memory)", StringComparison.Ordinal)) text += Section("## Content of a memory");
        if (section.Contains("(#view-of-a-memory)", StringComparison.Ordinal)) text += Section("## View of a memory");
        if (section.Contains("(#verdict)", StringComparison.Ordinal)) text += Section("## Verdict");
        var missing = parameters.All.Concat(result.All).Where(f => !text.Contains($"`{f}`", StringComparison.Ordinal));
        Assert.Equal([], missing);
    }

    [Fact]
    public void Every_field_of_a_map_within_a_map_is_described()
    {
        foreach (var type in RandomMaps.Types)
        {
            var names = (FieldNames)typeof(FieldNames<>).MakeGenericType(type)
                .GetProperty("Names", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            Assert.Equal([], names.All.Where(f => !Page.Contains($"`{f}`", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void The_table_of_errors_is_that_of_the_code() =>
        Assert.Equal(
            ProtocolErrors.All.Select(e => ((int)e.Code, e.Name, e.IsRetryable)),
            ErrorRow().Matches(Page).Select(m => (int.Parse(m.Groups[1].Value), m.Groups[2].Value, m.Groups[3].Value == "yes")));

    [Fact]
    public void The_limits_are_those_of_the_code()
    {
        var limits = ProtocolLimits.Default;
        int[] numbers = [limits.MaxMessageBytes, limits.MaxDepth, limits.MaxElements, limits.MaxMethodBytes];
        Assert.Equal(
            numbers.Select(n => n.ToString("N0", CultureInfo.InvariantCulture)),
            LimitRow().Matches(Section("## Limits")).Select(m => m.Groups[1].Value));
    }

    private static RpcMethod Notification(string name) =>
        name == MemoryMethods.Change.Name ? MemoryMethods.Change : name == MemoryMethods.Error.Name ? MemoryMethods.Error
        : throw new ArgumentException($"{name} is no notification.", nameof(name));

    private static Dictionary<string, (byte[] Bytes, string Notation)> Blocks() =>
        Block().Matches(Page).ToDictionary(
            m => m.Groups["name"].Value,
            m => (Bytes.Hex(m.Groups["hex"].Value), string.Join(' ', m.Groups["text"].Value.Split('\n').Select(l => l.Trim()))));

    // From a heading to the next one of its rank or above.
    private static string Section(string heading)
    {
        var start = Page.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"The page has no heading '{heading}'.");
        var rank = heading.IndexOf(' ', StringComparison.Ordinal);
        var next = Enumerable.Range(1, rank)
            .Select(r => Page.IndexOf($"\n{new string('#', r)} ", start + heading.Length, StringComparison.Ordinal))
            .Where(at => at >= 0).DefaultIfEmpty(Page.Length).Min();
        return Page[start..next];
    }

    [GeneratedRegex(@"^```msgpack (?<name>[^\n]+)\n(?<hex>[0-9a-f \n]+)\n= (?<text>.+?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| (\d{4}) \| `([A-Z_]+)` \| (yes|no) \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    [GeneratedRegex(@"^\| [^|]+ \| ([\d,]+)[^|]* \|$", RegexOptions.Multiline)]
    private static partial Regex LimitRow();
}
