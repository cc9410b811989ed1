using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// The documents that contain one term, ascending, each with its frequency; one to two bytes a posting. One writer; a
/// reader takes a cursor and sees the postings that were complete when it did.
/// </summary>
/// <remarks>
/// A posting is a step from the document before and a frequency. <c>0ssssfff</c>: a step to 16 and a
/// frequency to 8 in one byte. <c>10fffsss</c> and a byte: a step to 2,048. <c>11ffffff</c> and the step as LEB128: a
/// frequency to 63; all ones say that the frequency follows as LEB128.
/// </remarks>
internal sealed class PostingList
{
    /// <summary>From here on room to grow costs more than copying does.</summary>
    private const int LongListBytes = 4096;

    /// <summary>No posting takes more.</summary>
    public const int MostBytes = 11;

    private const int MediumForm = 0x80;
    private const int LongForm = 0xC0;
    private const int FrequencyFollows = 0x3F;

    private byte[] _bytes;
    private int _length;
    private int _lastDocument = -1;

    public PostingList(int capacity = 8) => _bytes = new byte[capacity];

    /// <summary>The newest document, -1 when there is none; for the writer.</summary>
    public int LastDocument => _lastDocument;

    /// <summary>The postings as they are kept; for the writer.</summary>
    public ReadOnlySpan<byte> Encoded => _bytes.AsSpan(0, _length);

    /// <summary>Empties a list that has no readers, to encode the next one with it.</summary>
    public void Clear() => (_length, _lastDocument) = (0, -1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int document, int frequency)
    {
        var bytes = _bytes;
        var length = _length;
        if (bytes.Length - length < MostBytes && bytes.Length - length < BytesOf(document - _lastDocument, frequency))
        {
            var growth = bytes.Length < LongListBytes ? bytes.Length / 2 : bytes.Length / 4;
            Grow(bytes.Length - length + Math.Max(MostBytes, growth));
            bytes = _bytes;
        }
        length = Write(bytes, length, document - _lastDocument, frequency);
        _lastDocument = document;
        Volatile.Write(ref _length, length);
    }

    public Cursor Read()
    {
        // The length first: the array read after it holds at least that much.
        var length = Volatile.Read(ref _length);
        return new Cursor(Volatile.Read(ref _bytes).AsSpan(0, length));
    }

    // Readers keep the array they have; the new one holds all that theirs does.
    private void Grow(int room)
    {
        var bytes = new byte[_length + room];
        _bytes.AsSpan(0, _length).CopyTo(bytes);
        Volatile.Write(ref _bytes, bytes);
    }

    private static int BytesOf(int step, int frequency) => frequency > 8 || step > 2048 ? MostBytes : step > 16 ? 2 : 1;

    private static int Write(byte[] bytes, int at, int step, int frequency)
    {
        if (frequency <= 8 && step <= 16)
        {
            bytes[at++] = (byte)(((step - 1) << 3) | (frequency - 1));
            return at;
        }
        if (frequency <= 8 && step <= 2048)
        {
            bytes[at++] = (byte)(MediumForm | ((frequency - 1) << 3) | ((step - 1) >> 8));
            bytes[at++] = (byte)(step - 1);
            return at;
        }
        bytes[at++] = (byte)(LongForm | Math.Min(frequency, FrequencyFollows));
        at = WriteLeb(bytes, at, step);
        return frequency < FrequencyFollows ? at : WriteLeb(bytes, at, frequency);
    }

    private static int WriteLeb(byte[] bytes, int at, int value)
    {
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7) bytes[at++] = (byte)(rest | 0x80);
        bytes[at++] = (byte)rest;
        return at;
    }

    /// <summary>Reads a posting of bytes that may be no postings at all: false when they are none, or end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out int step, out int frequency)
    {
        (step, frequency) = (0, 0);
        if ((uint)at >= (uint)bytes.Length) return false;
        var first = (int)bytes[at++];
        if (first < MediumForm) (step, frequency) = ((first >> 3) + 1, (first & 7) + 1);
        else if (first < LongForm)
        {
            if ((uint)at >= (uint)bytes.Length) return false;
            (step, frequency) = ((((first & 7) << 8) | bytes[at++]) + 1, ((first >> 3) & 7) + 1);
        }
        else
        {
            step = ReadLeb(bytes, ref at);
            frequency = first & FrequencyFollows;
            if (frequency == FrequencyFollows) frequency = ReadLeb(bytes, ref at);
        }
        return step > 0 && frequency is > 0 and <= ushort.MaxValue;
    }

    // Zero, which nothing may be, when there is no number here.
    private static int ReadLeb(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 35 && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value > int.MaxValue ? 0 : (int)value;
        }
        return 0;
    }

    public ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;

        public int Document { get; private set; } = -1;

        public int Frequency { get; private set; }

        /// <summary>There are no more postings than this.</summary>
        public readonly int MostPostings => _bytes.Length;

        public bool MoveNext()
        {
            if (_at == _bytes.Length) return false;
            var first = (int)_bytes[_at++];
            if (first < MediumForm)
            {
                Document += (first >> 3) + 1;
                Frequency = (first & 7) + 1;
            }
            else if (first < LongForm)
            {
                Document += (((first & 7) << 8) | _bytes[_at++]) + 1;
                Frequency = ((first >> 3) & 7) + 1;
            }
            else
            {
                Document += ReadLeb();
                var frequency = first & FrequencyFollows;
                Frequency = frequency < FrequencyFollows ? frequency : ReadLeb();
            }
            return true;
        }

        private int ReadLeb()
        {
            uint value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = _bytes[_at++];
                value |= (uint)(b & 0x7F) << shift;
                if (b < 0x80) return (int)value;
            }
        }
    }
}
