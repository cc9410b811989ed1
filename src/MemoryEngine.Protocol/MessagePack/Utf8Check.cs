using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// Whether text that arrives in pieces is UTF-8. What a piece leaves unfinished, at most three bytes, is carried over, so
/// that every byte is looked at once however the text was cut.
/// </summary>
internal struct Utf8Check
{
    private uint _carry;
    private int _carried;

    /// <summary>Whether the text so far ends with a whole character.</summary>
    public readonly bool IsWhole => _carried == 0;

    /// <summary>False when the text cannot be UTF-8, whatever comes next.</summary>
    public bool Accept(ReadOnlySpan<byte> piece)
    {
        while (_carried > 0 && !piece.IsEmpty)
        {
            if (!Carry(piece[0])) return false;
            piece = piece[1..];
        }
        var whole = piece.Length - UnfinishedAtEnd(piece);
        if (!Utf8.IsValid(piece[..whole])) return false;
        foreach (var b in piece[whole..])
            if (!Carry(b)) return false;
        return true;
    }

    public static bool IsUtf8(in ReadOnlySequence<byte> text)
    {
        if (text.IsSingleSegment) return Utf8.IsValid(text.FirstSpan);
        var check = default(Utf8Check);
        foreach (var piece in text)
            if (!check.Accept(piece.Span)) return false;
        return check.IsWhole;
    }

    private bool Carry(byte next)
    {
        Span<byte> bytes = [(byte)_carry, (byte)(_carry >> 8), (byte)(_carry >> 16), 0];
        bytes[_carried] = next;
        var status = Rune.DecodeFromUtf8(bytes[..(_carried + 1)], out _, out _);
        if (status == OperationStatus.InvalidData) return false;
        if (status == OperationStatus.Done)
        {
            (_carry, _carried) = (0, 0);
            return true;
        }
        _carry |= (uint)next << (8 * _carried++);
        return true;
    }

    // Bytes of a last character that is not all there. What else may be wrong with them, the caller finds.
    private static int UnfinishedAtEnd(ReadOnlySpan<byte> piece)
    {
        for (var i = 1; i <= Math.Min(3, piece.Length); i++)
        {
            var b = piece[^i];
            if (b < 0x80) return 0;
            if (b < 0xC0) continue;
            var length = b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
            return length > i ? i : 0;
        }
        return 0;
    }
}
