using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// Writes the files of a closed journal in the newest format, one by one. Every event keeps its sequence and its bytes; a
/// new file is whole and on the device before it takes the old one's name, so a crash leaves the one or the other.
/// </summary>
internal static class JournalUpgrade
{
    /// <summary>The format of each file of a journal, by number.</summary>
    public static IReadOnlyList<(int Number, uint Format)> Formats(IFileSystem files, string directory)
    {
        var formats = new List<(int, uint)>();
        foreach (var number in JournalReader.Numbers(files, directory))
        {
            using var file = JournalFileReader.Open(files, directory, number, lastSequence: null);
            formats.Add((number, file.Header.Version));
        }
        return formats;
    }

    /// <summary>Rewrites a file whose journal has just been read to its end. What a crash tore is not taken along.</summary>
    public static void Rewrite(IFileSystem files, string directory, int number, long firstSequence)
    {
        using var source = JournalFileReader.Open(files, directory, number, firstSequence - 1);
        var header = FileHeader.New(number, source.Header.PoolId, source.Header.CreatedMicroseconds);
        using var target = JournalFileWriter.Create(files, directory, header, firstSequence);
        while (!source.IsSealed && source.TryNext((in frame) =>
        {
            if (frame.Type == EventType.Dropped) target.Drop(frame.Sequence, DroppedEvent.Decode(frame.Payload)!.Value);
            else target.Append(frame.Sequence, frame.Type, frame.Payload);
        }))
        {
            // The next batch.
        }
        target.Finish(source.IsSealed ? BatchFlags.Sealing : BatchFlags.Closing);
        target.Place();
        files.SyncDirectory(directory);
    }
}
