using System.Buffers.Binary;
using MemoryEngine.Journal;
using MemoryEngine.Segments;

namespace MemoryEngine.Snapshots;

/// <summary>
/// Goes past the events that a manifest has seen: they are counted, and where each record lies is noted, but nothing is
/// decoded. What is counted must be what the manifest says.
/// </summary>
internal sealed class CoveredEvents(RowTable table, int rowCount)
{
    private const int RecordIdAt = 8;
    private string? _contradiction;
    private int _rows;
    private bool _isOver;

    public void Pass(in JournalFrame frame)
    {
        if (_contradiction is not null) return;
        if (frame.Type == EventType.Remembered) PassRecord(frame);
        else if (frame.Type == EventType.Dropped) PassDropped(frame);
        else if (frame.Type == EventType.VectorAdded) PassVector(frame);
    }

    /// <summary>Whether a record is gone from the manifest or from the journal, and not from both: removing it was cut short.</summary>
    public bool IsRemovalPending { get; private set; }

    public bool IsContradicted => _contradiction is not null;

    /// <summary>All of them have passed: what does not fit, or null.</summary>
    public string? Contradiction()
    {
        if (!_isOver && _rows < rowCount) _contradiction ??= $"the journal has {_rows} of its {rowCount} records";
        _isOver = true;
        return _contradiction;
    }

    private void PassRecord(in JournalFrame frame)
    {
        var id = frame.Payload.Length < RecordIdAt + sizeof(long) ? 0 : BinaryPrimitives.ReadInt64LittleEndian(frame.Payload[RecordIdAt..]);
        if (_rows >= rowCount || id != _rows + 1)
        {
            _contradiction = $"the journal has record {id} at sequence {frame.Sequence}, which it should have seen among {rowCount}";
            return;
        }
        if (table.IsErased(_rows)) IsRemovalPending = true;
        table.SetPosition(_rows++, frame.Position.Packed);
    }

    // A vector of what was removed is to go as well.
    private void PassVector(in JournalFrame frame)
    {
        table.NoteLaterVectors();
        var row = VectorAddedEvent.RecordIdOf(frame.Payload) - 1;
        if (row >= 0 && row < rowCount && table.IsErased((int)row)) IsRemovalPending = true;
    }

    // One frame may stand for events on both sides of the manifest's end: of its records the manifest has the first.
    private void PassDropped(in JournalFrame frame)
    {
        if (DroppedEvent.Decode(frame.Payload) is not { } dropped || (dropped.Records > 0 && dropped.FirstRecordId != _rows + 1))
        {
            _contradiction = $"the journal drops other records at sequence {frame.Sequence}";
            return;
        }
        for (var i = 0; i < dropped.Records; i++, _rows++)
        {
            if (_rows >= rowCount)
            {
                table.AddErased(frame.Sequence, 1);
            }
            else if (!table.IsErased(_rows))
            {
                IsRemovalPending = true;
                _contradiction ??= $"record {_rows + 1} has been dropped from the journal since";
            }
        }
    }
}
