using System.Text.Json;
using System.Text.Json.Nodes;
using MemoryEngine.Agents.Imports.Markdown;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// The knowledge graph of MCP's memory server: an entity becomes a memory with its observations and relations as a list, or, where
/// that is long, one for each of them. They are facts about one thing, so they are procedures at most, however plain their words.
/// </summary>
internal sealed class McpMemoryParser
{
    private readonly ParsedFile _parsed;
    private readonly Dictionary<string, Entity> _entities = new(StringComparer.Ordinal);

    private McpMemoryParser(ParsedFile parsed) => _parsed = parsed;

    public static ParsedFile Parse(string file, Stream stream)
    {
        var parsed = new ParsedFile(file);
        var parser = new McpMemoryParser(parsed);
        JsonText.Lines(parsed, stream, parser.ReadLine);
        foreach (var entity in parser._entities.Values) parser.Add(entity);
        return parsed;
    }

    private void ReadLine(long line, JsonElement item)
    {
        switch (item.Text("type"))
        {
            case "entity": ReadEntity(line, item); break;
            case "relation": ReadRelation(line, item); break;
            case { } other: _parsed.Fail(line, $"'type' is \"{GuidanceDraft.Shorten(other, 60)}\"; it is entity or relation."); break;
            default: _parsed.Fail(line, "'type' is missing; it is entity or relation."); break;
        }
    }

    private void ReadEntity(long line, JsonElement item)
    {
        if (item.Text("name") is not { Length: > 0 } name)
        {
            _parsed.Fail(line, "The entity has no 'name'.");
            return;
        }
        var entity = Of(name, line);
        entity.Type ??= item.Text("entityType");
        if (!item.TryGetProperty("observations", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            _parsed.Fail(line, $"The entity '{GuidanceDraft.Shorten(name, 60)}' has no array 'observations'. Its relations were taken.");
            return;
        }
        var number = 0;
        foreach (var observation in list.EnumerateArray())
        {
            number++;
            if (observation.ValueKind != JsonValueKind.String)
            {
                _parsed.Fail(line, $"Observation {number} of '{GuidanceDraft.Shorten(name, 60)}' is no string. The others were taken.");
                continue;
            }
            var text = RecalledText.Remove(observation.GetString()!, out var blocks, out _).Trim();
            _parsed.Recalled += blocks;
            if (text.Length > 0) entity.Facts.Add(text);
        }
    }

    private void ReadRelation(long line, JsonElement item)
    {
        if (item.Text("from") is { Length: > 0 } from && item.Text("to") is { Length: > 0 } to && item.Text("relationType") is { Length: > 0 } type)
            Of(from, line).Facts.Add($"{from} {type} {to}");
        else
            _parsed.Fail(line, "The relation lacks 'from', 'to' or 'relationType'.");
    }

    private Entity Of(string name, long line)
    {
        if (!_entities.TryGetValue(name, out var entity)) _entities.Add(name, entity = new Entity(name, line));
        return entity;
    }

    private void Add(Entity entity)
    {
        var facts = entity.Facts.Distinct(StringComparer.Ordinal).ToList();
        if (facts.Count == 0) return;
        var heading = entity.Type is { Length: > 0 } type ? $"{entity.Name} ({type})" : entity.Name;
        var blocks = facts.ConvertAll(f => new MarkdownBlock(entity.Line, BlockKind.Bullet, $"- {f.ReplaceLineEndings("\n  ")}"));
        foreach (var piece in SectionCutting.Cut(new MarkdownSection([heading], entity.Line, blocks)))
        {
            var draft = GuidanceDraft.Of(piece.Text, [heading], heading) with { Level = MemoryLevel.Procedure, Format = MemoryFormat.Summary };
            var details = new JsonObject { ["entity"] = entity.Name };
            if (entity.Type is not null) details["entity_type"] = entity.Type;
            _parsed.Items.Add(new ImportItem(piece.Line, piece.IsWhole ? ItemIdentity.Place : ItemIdentity.Text, entity.Name, draft, details));
        }
    }

    private sealed class Entity(string name, long line)
    {
        public string Name => name;

        public long Line => line;

        public string? Type { get; set; }

        public List<string> Facts { get; } = [];
    }
}
