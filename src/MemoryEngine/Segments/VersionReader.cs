using System.Text;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>
/// Makes the public <see cref="MemoryVersion"/> of a row and its record. What many records share comes from the table,
/// not from new strings.
/// </summary>
internal static class VersionReader
{
    /// <param name="table">The rows.</param>
    /// <param name="row">The row.</param>
    /// <param name="view">Who is alive.</param>
    /// <param name="bytes">The record.</param>
    /// <param name="withVectors">Whether its vectors are wanted.</param>
    /// <param name="byEvidence">The state of its memory by decision, which counts while the memory is alive.</param>
    /// <exception cref="InvalidOperationException">The record is not that of the row: a bug, since its checksum was right.</exception>
    public static MemoryVersion Read(
        RowTable table, int row, View view, ReadOnlySpan<byte> bytes, bool withVectors, MemoryState byEvidence = MemoryState.Active)
    {
        if (!RecordReader.TryOpen(bytes, out var record, out var problem) || record.Place.RecordId != row + 1)
            throw new InvalidOperationException($"Record {row + 1} does not open: {problem}.");
        ref readonly var r = ref table.Rows[row];
        string? task = null, title = null, key = null, text = null, source = null, extra = null;
        Dictionary<string, ReadOnlyMemory<float>>? vectors = null;
        foreach (var field in record)
        {
            switch (field.Field)
            {
                case RecordField.Task: task = Encoding.UTF8.GetString(field.Value); break;
                case RecordField.Title: title = Encoding.UTF8.GetString(field.Value); break;
                case RecordField.Key: key = Encoding.UTF8.GetString(field.Value); break;
                case RecordField.Text: text = Encoding.UTF8.GetString(field.Value); break;
                case RecordField.Source: source = Encoding.UTF8.GetString(field.Value); break;
                case RecordField.Extra: extra = Encoding.UTF8.GetString(field.Value); break;
                case RecordField.Vector when withVectors:
                    var (space, vector) = RecordReader.Vector(field.Value);
                    (vectors ??= [])[table.Spaces[space].Space.Name] = vector;
                    break;
            }
        }
        var isCurrent = r.IsLive(view);
        return new MemoryVersion
        {
            Id = r.MemoryId,
            Version = r.Version,
            RecordId = row + 1,
            IsCurrent = isCurrent,
            State = isCurrent || table.FindLive(r.MemoryId, view) >= 0 ? byEvidence : MemoryState.Tombstoned,
            CreatedAt = RecordCodec.Time(r.CreatedMicroseconds),
            Text = text!,
            Level = r.Level,
            Format = r.Format,
            Domain = table.Names[r.Domain],
            Task = task,
            Title = title,
            Key = key,
            Model = Name(table, r.Model),
            Contributor = Name(table, r.Contributor),
            Source = source,
            License = Name(table, r.License),
            Result = r.Result,
            ExpiresAt = r.ExpiresMicroseconds == 0 ? null : RecordCodec.Time(r.ExpiresMicroseconds),
            Requires = table.RequireSets[r.Requires],
            Tags = table.TagSets[r.Tags],
            Vectors = vectors ?? MemoryDraft.EmptyVectors,
            Extra = extra,
        };
    }

    private static string? Name(RowTable table, int number) => table.Names[number] is { Length: > 0 } name ? name : null;
}
