using System.Text.Json;
using System.Text.RegularExpressions;
using MemoryEngine.Agents.Imports.Markdown;

namespace MemoryEngine.Agents.Distilling;

/// <summary>What is wrong with an answer, as a sentence that a model can act on.</summary>
internal sealed class AnswerFault(string message) : Exception(message);

/// <summary>
/// The fields of an answer, read strictly: one JSON object of exactly the fields that were asked for, each filled and within its limit.
/// Let pass are only a fence around the object and a block of thoughts before it, which many models cannot help.
/// </summary>
internal sealed partial class DistillAnswer
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);

    private DistillAnswer()
    {
    }

    /// <summary>The value of a field that is a string.</summary>
    public string this[string field] => _values[field][0];

    /// <summary>The values of a field that is an array.</summary>
    public IReadOnlyList<string> List(string field) => _values[field];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="AnswerFault">It cannot be used.</exception>
    public static DistillAnswer Read(MemoryFormat format, string text, bool isCut)
    {
        text = Thoughts().Replace(text, "").Trim();
        if (Fence().Match(text) is { Success: true } fence) text = fence.Groups[1].Value.Trim();
        if (text.Length == 0) throw new AnswerFault("It was empty.");
        if (text[0] != '{') throw new AnswerFault("It does not begin with the JSON object: nothing may stand before it.");
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            return Read(AnswerShape.Of(format), document.RootElement);
        }
        catch (JsonException e)
        {
            // The message may quote the answer.
            var what = GuidanceDraft.Shorten(e.Message.Split(" LineNumber:")[0].Split(" Path:")[0], 200);
            throw new AnswerFault(isCut ? "It ended in the middle, at the model's limit: be much shorter." : $"It is not one JSON object: {what}");
        }
        catch (InvalidOperationException)
        {
            throw new AnswerFault("It holds escapes that are no Unicode text.");
        }
    }

    private static DistillAnswer Read(AnswerShape shape, JsonElement root)
    {
        var answer = new DistillAnswer();
        foreach (var property in root.EnumerateObject())
        {
            if (!shape.Fields.Any(f => f.Name == property.Name))
                throw new AnswerFault($"It has the field \"{Shown(property.Name)}\", which was not asked for.");
        }
        foreach (var field in shape.Fields)
        {
            if (!root.TryGetProperty(field.Name, out var value)) throw new AnswerFault($"The field \"{field.Name}\" is missing.");
            answer._values[field.Name] = field.IsList ? Strings(field, value) : [String(field, value)];
        }
        return answer;
    }

    private static List<string> Strings(AnswerField field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw new AnswerFault($"The field \"{field.Name}\" is no array.");
        if (value.GetArrayLength() is 0 or > AnswerShape.MaxItems)
            throw new AnswerFault($"The array \"{field.Name}\" has {value.GetArrayLength()} elements; it has 1 to {AnswerShape.MaxItems}.");
        return [.. value.EnumerateArray().Select(v => String(field, v))];
    }

    private static string String(AnswerField field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw new AnswerFault($"The field \"{field.Name}\" holds something that is no string.");
        var text = value.GetString()!.Trim();
        if (text.Length == 0) throw new AnswerFault($"The field \"{field.Name}\" is empty.");
        if (text.Length > field.MaxCharacters)
            throw new AnswerFault($"The field \"{field.Name}\" has {text.Length} characters; at most {field.MaxCharacters} are allowed.");
        if (text.Contains('\0', StringComparison.Ordinal)) throw new AnswerFault($"The field \"{field.Name}\" holds a NUL character.");
        return text;
    }

    private static string Shown(string name) => GuidanceDraft.Shorten(name, 40);

    [GeneratedRegex(@"^\s*<think(?:ing)?>[\s\S]*?</think(?:ing)?>")]
    private static partial Regex Thoughts();

    [GeneratedRegex(@"^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?```$")]
    private static partial Regex Fence();
}
