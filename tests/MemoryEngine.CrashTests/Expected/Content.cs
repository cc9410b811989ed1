using System.Globalization;
using System.Text;

namespace MemoryEngine.CrashTests;

/// <summary>The contents that memories get: each a function of the memory's slot and a number, so that it can be made again to compare.</summary>
internal static class Content
{
    private static readonly string[] Words =
    [
        "timeout", "retry", "flaky", "index", "mutex", "docker", "cache", "parseConfig", "queue", "build", "schema", "überlauf", "路径", "lint",
    ];

    /// <summary>The content of a slot with a number. The task names the slot; the text begins with the number.</summary>
    public static MemoryDraft Draft(int slot, int number)
    {
        var random = new Random((slot * 1_000_003) + number);
        // Some bodies are stored in chunks; the rest are as short as memories are.
        var length = random.Next(100) switch { 0 => random.Next(32_000, 90_000), < 10 => random.Next(2_000, 8_000), _ => random.Next(20, 900) };
        var text = new StringBuilder(length + 32).Append(CultureInfo.InvariantCulture, $"{number} of {slot}:");
        while (text.Length < length) text.Append(' ').Append(Words[random.Next(Words.Length)]).Append(random.Next(50));
        return new MemoryDraft
        {
            Text = text.ToString(),
            Task = slot.ToString(CultureInfo.InvariantCulture),
            Domain = $"crash/{slot % 7}",
            Title = $"memory {slot}",
            Level = (MemoryLevel)random.Next(1, 5),
            Tags = [$"tag{random.Next(5)}", "same"],
        };
    }

    public static string KeyOf(int slot, int number) => $"key of {number} of {slot}";

    public static int SlotOf(MemoryVersion version) => int.Parse(version.Task!, CultureInfo.InvariantCulture);

    public static int NumberOf(MemoryVersion version) =>
        int.Parse(version.Text.AsSpan(0, version.Text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    /// <summary>What of a stored version differs from the content it claims to be; null when nothing does.</summary>
    public static string? Difference(MemoryVersion version)
    {
        var draft = Draft(SlotOf(version), NumberOf(version));
        if (version.Text != draft.Text) return $"text of {version.Text.Length} characters, expected {draft.Text.Length}";
        if (version.Domain != draft.Domain) return $"domain {version.Domain}";
        if (version.Title != draft.Title) return $"title {version.Title}";
        if (version.Level != draft.Level) return $"level {version.Level}";
        return version.Tags.Order(StringComparer.Ordinal).SequenceEqual(draft.Tags.Order(StringComparer.Ordinal))
            ? null
            : $"tags {string.Join(',', version.Tags)}";
    }
}
