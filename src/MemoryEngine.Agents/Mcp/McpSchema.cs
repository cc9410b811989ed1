using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace MemoryEngine.Agents.Mcp;

/// <summary>
/// JSON schemas of the tools' records: descriptions, bounds and allowed values come from the attributes on their properties. What is
/// optional is left out rather than null, so that no type is a union with null, which not every client takes.
/// </summary>
internal static class McpSchema
{
    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    };

    /// <summary>The schema of a record: an object.</summary>
    public static JsonElement Of(JsonTypeInfo type) => JsonSerializer.SerializeToElement(type.GetJsonSchemaAsNode(Options), McpJson.Node);

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node) return schema;
        WithoutNull(node);
        if (context.PropertyInfo?.AttributeProvider is not { } property) return node;
        if (Attribute<DescriptionAttribute>(property) is { } description) node.Insert(0, "description", description.Description);
        // The bounds of a list's property are those of how many it has; those of a list of numbers do not occur.
        if (Attribute<RangeAttribute>(property) is { } range)
        {
            node["minimum"] = Number(range.Minimum);
            node["maximum"] = Number(range.Maximum);
        }
        if (Attribute<LengthAttribute>(property) is { } length)
        {
            node["minItems"] = length.MinimumLength;
            node["maxItems"] = length.MaximumLength;
        }
        if (Attribute<AllowedValuesAttribute>(property) is { } allowed)
            node["enum"] = new JsonArray([.. allowed.Values.Select(v => (JsonNode?)JsonValue.Create((string)v!))]);
        return node;
    }

    private static void WithoutNull(JsonObject node)
    {
        if (node["type"] is not JsonArray types) return;
        var named = types.Select(t => t!.GetValue<string>()).Where(t => t != "null").ToList();
        if (named.Count == 1) node["type"] = named[0];
    }

    private static JsonValue Number(object bound) => bound is int whole ? JsonValue.Create(whole) : JsonValue.Create((double)bound);

    private static T? Attribute<T>(ICustomAttributeProvider property)
        where T : Attribute =>
        property.GetCustomAttributes(typeof(T), inherit: false) is [T attribute, ..] ? attribute : null;
}
