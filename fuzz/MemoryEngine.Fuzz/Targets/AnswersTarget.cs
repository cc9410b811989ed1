using System.Text;
using MemoryEngine.Agents.Distilling;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a model's answer to the distiller. The first says which format it was asked for.</summary>
internal sealed class AnswersTarget : FuzzTarget
{
    private const string Insight = """{"title":"t","description":"d","content":"c"}""";

    public override string Name => "answers";

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var format = DistillOptions.AllFormats[input[0] % DistillOptions.AllFormats.Count];
        DistillAnswer answer;
        try
        {
            answer = DistillAnswer.Read(format, Encoding.UTF8.GetString(input[1..]), isCut: input[0] > 127);
        }
        catch (AnswerFault e)
        {
            Outcome = string.Concat(e.Message.Where(char.IsLetter).Take(24));
            Require(e.Message.Length < 400, "a fault is a sentence, not the answer");
            return;
        }
        Outcome = "answer";
        var trace = new MemoryDraft { Id = Guid.NewGuid(), Text = "trace" };
        var draft = DistilledDraft.Of(format, answer, trace, "m");
        Require(draft.Text.Length is > 0 and < 32_000 && draft.Title is { Length: > 0 and <= 160 }, "a draft is within its limits");
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("empty", []);
        yield return ("workflow", Bytes(0, """{"goal":"g","steps":["a","b"]}"""));
        yield return ("summary", Bytes(1, """{"task":"t","experience":"e"}"""));
        yield return ("insight", Bytes(2, Insight));
        yield return ("fenced", Bytes(2, $"```json\n{Insight}\n```"));
        yield return ("thoughts", Bytes(2, $"<think>hm {{</think>\n{Insight}"));
        yield return ("talk", Bytes(2, $"Sure! {Insight}"));
        yield return ("cut", Bytes(200, Insight[..20]));
        yield return ("half-pair", Bytes(2, Insight.Replace("\"t\"", "\"\\ud800\"", StringComparison.Ordinal)));
    }

    private static byte[] Bytes(byte first, string text) => [first, .. Encoding.UTF8.GetBytes(text)];
}
