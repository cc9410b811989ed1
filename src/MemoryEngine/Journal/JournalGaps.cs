using static MemoryEngine.Journal.EventType;

namespace MemoryEngine.Journal;

/// <summary>
/// What is missing between the events of a journal that is read in order: where sequences are left out, and which records
/// were born there. A record id that is left out belongs to the earliest gap that has room for it, so that it is known
/// before any event that names it.
/// </summary>
internal sealed class JournalGaps(RecordIdReader recordIdOf)
{
    private readonly List<(long Sequence, DroppedEvent Event)> _gaps = [];

    // The first gap that may still take records: those before it lie before a record that is there.
    private int _firstOpen;
    private long _nextRecord = 1;

    /// <summary>The gaps so far, in order.</summary>
    public IReadOnlyList<(long Sequence, DroppedEvent Event)> Found => _gaps;

    /// <summary>The sequence that follows all that was seen.</summary>
    public long NextSequence { get; private set; } = 1;

    /// <summary>Looks at the next event.</summary>
    /// <exception cref="MemoryEngineException">It cannot stand behind those before it.</exception>
    public void See(in JournalFrame frame)
    {
        SkipTo(frame.Sequence);
        NextSequence += frame.Sequences;
        switch (frame.Type)
        {
            case Remembered:
                See(frame, recordIdOf(frame.Payload), 1);
                break;
            case Dropped when DroppedEvent.Decode(frame.Payload) is { Records: > 0 } dropped:
                See(frame, dropped.FirstRecordId, dropped.Records);
                break;
            case Forgotten or Restored when LifeEvent.Decode(frame.Payload) is { } life:
                if (life.RecordId >= _nextRecord) Fill(frame, life.RecordId + 1);
                break;
        }
    }

    /// <summary>Leaves out everything up to a sequence.</summary>
    public void SkipTo(long sequence)
    {
        if (sequence < NextSequence) throw Impossible($"sequence {sequence} follows {NextSequence - 1}");
        while (NextSequence < sequence)
        {
            var count = (int)Math.Min(sequence - NextSequence, DroppedEvent.MostSequences);
            _gaps.Add((NextSequence, new DroppedEvent(count, 0, 0)));
            NextSequence += count;
        }
    }

    private static MemoryEngineException Impossible(string what) =>
        new(ErrorCode.Corruption, $"These events make no journal: {what}. Leave out one of the two.");

    private void See(in JournalFrame frame, long recordId, int records)
    {
        if (recordId < _nextRecord) throw Impossible($"at sequence {frame.Sequence}, record {recordId} follows {_nextRecord - 1}");
        Fill(frame, recordId);
        _nextRecord = recordId + records;
        _firstOpen = _gaps.Count;
    }

    // Says that the records before this one were born in the gaps.
    private void Fill(in JournalFrame frame, long next)
    {
        for (; _nextRecord < next; _firstOpen++)
        {
            if (_firstOpen == _gaps.Count)
                throw Impossible($"at sequence {frame.Sequence}, there is no room for record {_nextRecord} before record {next}");
            var (sequence, gap) = _gaps[_firstOpen];
            var records = (int)Math.Min(next - _nextRecord, gap.Sequences - gap.Records);
            if (records == 0) continue;
            var firstId = gap.Records == 0 ? _nextRecord : gap.FirstRecordId;
            _gaps[_firstOpen] = (sequence, new DroppedEvent(gap.Sequences, firstId, gap.Records + records));
            _nextRecord += records;
            if (_nextRecord == next) break;
        }
    }
}
