using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// The documents that contain one term, ascending, each with its frequency; about two bytes a posting. One writer; a
/// reader takes a cursor and sees the postings that were complete when it did.
/// </summary>
internal sealed class PostingList
{
    private byte[] _bytes = new byte[8];
    private int _length;
    private int _lastDocument = -1;

    // Inlined at once: an import begins with a hundred thousand of these, in a process that has just begun.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int document, int frequency)
    {
        var bytes = _bytes;
        var length = _length;
        if (bytes.Length - length < 10)
        {
            // Readers keep the array they have; the new one holds all that theirs does.
            Array.Resize(ref bytes, bytes.Length + Math.Max(8, bytes.Length / 2));
            Volatile.Write(ref _bytes, bytes);
        }
        length = Write(bytes, length, document - _lastDocument);
        length = Write(bytes, length, frequency);
        _lastDocument = document;
        Volatile.Write(ref _length, length);
    }

    public Cursor Read()
    {
        // The length first: the array read after it holds at least that much.
        var length = Volatile.Read(ref _length);
        return new Cursor(Volatile.Read(ref _bytes).AsSpan(0, length));
    }

    private static int Write(byte[] bytes, int at, int value)
    {
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7) bytes[at++] = (byte)(rest | 0x80);
        bytes[at++] = (byte)rest;
        return at;
    }

    public ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;

        public int Document { get; private set; } = -1;

        public int Frequency { get; private set; }

        public bool MoveNext()
        {
            if (_at == _bytes.Length) return false;
            Document += Next();
            Frequency = Next();
            return true;
        }

        private int Next()
        {
            var value = (uint)_bytes[_at++];
            if (value < 0x80) return (int)value;
            value &= 0x7F;
            for (var shift = 7; ; shift += 7)
            {
                var b = _bytes[_at++];
                value |= (uint)(b & 0x7F) << shift;
                if (b < 0x80) return (int)value;
            }
        }
    }
}
