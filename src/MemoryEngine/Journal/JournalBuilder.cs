using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// Writes a whole new journal of events that exist already, in order of sequence, with the sequences that they had. What
/// is missing between them is put down as dropped. The directory is one that no pool uses yet: the journal there is whole
/// once the call returns, and a crash before that leaves files to be thrown away.
/// </summary>
internal sealed class JournalBuilder(IFileSystem files, string directory, Guid poolId, long fileBytes, TimeProvider clock)
{
    /// <summary>Writes the journal.</summary>
    /// <param name="read">Hands on the events, the same ones each time; it is called twice.</param>
    /// <param name="recordIdOf">Reads the ids of records, to learn which are missing.</param>
    /// <param name="throughSequence">Sequences up to here are taken, be there an event or not.</param>
    /// <returns>The newest sequence.</returns>
    /// <exception cref="MemoryEngineException">The events cannot follow each other, or the disk failed.</exception>
    public long Build(Action<JournalVisitor> read, RecordIdReader recordIdOf, long throughSequence = 0)
    {
        if (JournalReader.Numbers(files, directory).Count > 0)
            throw new ArgumentException($"{directory} holds a journal already; name an empty directory.");
        var gaps = new JournalGaps(recordIdOf);
        read(gaps.See);
        if (throughSequence >= gaps.NextSequence) gaps.SkipTo(throughSequence + 1);
        using var journal = new Files(files, directory, poolId, fileBytes, clock);
        var next = 0;
        read((in frame) =>
        {
            next = journal.DropBefore(frame.Sequence, gaps.Found, next);
            var file = journal.Current();
            if (frame.Type == EventType.Dropped) file.Drop(frame.Sequence, DroppedEvent.Decode(frame.Payload)!.Value);
            else file.Append(frame.Sequence, frame.Type, frame.Payload);
        });
        _ = journal.DropBefore(long.MaxValue, gaps.Found, next);
        journal.End(BatchFlags.Closing);
        files.SyncDirectory(directory);
        return gaps.NextSequence - 1;
    }

    /// <summary>The files of the journal, one after the other.</summary>
    private sealed class Files : IDisposable
    {
        private readonly long _fileBytes;
        private readonly Func<int, long, JournalFileWriter> _begin;
        private JournalFileWriter _file;

        public Files(IFileSystem files, string directory, Guid poolId, long fileBytes, TimeProvider clock)
        {
            var created = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
            _fileBytes = fileBytes;
            _begin = (number, first) => JournalFileWriter.Create(files, directory, FileHeader.New(number, poolId, created), first);
            _file = _begin(1, 1);
        }

        /// <summary>The file that takes the next event.</summary>
        public JournalFileWriter Current()
        {
            if (_file.Bytes < _fileBytes) return _file;
            End(BatchFlags.Sealing);
            var (number, sequence) = (_file.Number + 1, _file.NextSequence);
            _file.Dispose();
            return _file = _begin(number, sequence);
        }

        public int DropBefore(long sequence, IReadOnlyList<(long Sequence, DroppedEvent Event)> gaps, int next)
        {
            for (; next < gaps.Count && gaps[next].Sequence < sequence; next++) Current().Drop(gaps[next].Sequence, gaps[next].Event);
            return next;
        }

        public void End(BatchFlags flags)
        {
            _file.Finish(flags);
            _file.Place();
        }

        public void Dispose() => _file.Dispose();
    }
}
