using System.ComponentModel;
using System.Text.Json.Serialization;
using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Mcp.Tools;

/// <summary>
/// An answer that hands texts of memories over. Its first and its last field are the marks by which an importer that meets the answer in
/// a transcript passes over what stands between them, so that it is not remembered again as new.
/// </summary>
internal abstract record HandedOver
{
    private readonly string _token = Guid.NewGuid().ToString("N");

    [JsonPropertyOrder(int.MinValue)]
    [Description("Marks the beginning of what comes from the pool.")]
    public string Recalled => RecalledText.Open(_token);

    [JsonPropertyOrder(int.MaxValue)]
    [Description("Marks its end.")]
    public string RecalledEnd => RecalledText.Close(_token);
}
