namespace MemoryEngine.Agents.Distilling;

/// <summary>A field of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsList">Whether it is an array of strings, else a string.</param>
/// <param name="MaxCharacters">The most UTF-16 characters of the string, or of each in the array.</param>
/// <param name="What">What is wanted in it.</param>
internal sealed record AnswerField(string Name, bool IsList, int MaxCharacters, string What);

/// <summary>The fields that an answer has in a format: all of them, and no others.</summary>
internal sealed class AnswerShape
{
    /// <summary>The most elements of an array.</summary>
    public const int MaxItems = 24;

    private static readonly AnswerShape Workflow = new(
        new AnswerField("goal", false, 600, "what kind of subproblem it is for and when to use or expect it"),
        new AnswerField("steps", true, 800, "the commands or actions, in order"));

    private static readonly AnswerShape Summary = new(
        new AnswerField("task", false, 1_200, "the task, two or three sentences"),
        new AnswerField("experience", false, 4_000, "what was done, how it ended and why, one paragraph"));

    private static readonly AnswerShape Insight = new(
        new AnswerField("title", false, 160, "a title of a few words"),
        new AnswerField("description", false, 500, "when it applies, one sentence"),
        new AnswerField("content", false, 1_500, "the insight, one to three sentences"));

    private AnswerShape(params AnswerField[] fields) => Fields = fields;

    public IReadOnlyList<AnswerField> Fields { get; }

    public static AnswerShape Of(MemoryFormat format) => format switch
    {
        MemoryFormat.Workflow => Workflow,
        MemoryFormat.Summary => Summary,
        MemoryFormat.Insight => Insight,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No model is asked for this format."),
    };

    /// <summary>The fields, one a line, as a model is told them.</summary>
    public string Describe() => string.Join('\n', Fields.Select(Describe));

    private static string Describe(AnswerField field)
    {
        var kind = field.IsList ? $"an array of 1 to {MaxItems} strings, each" : "a string";
        return $"- \"{field.Name}\": {kind} of at most {field.MaxCharacters} characters: {field.What}";
    }
}
