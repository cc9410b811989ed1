namespace MemoryEngine.Agents.Interchange;

/// <summary>
/// Cuts a stream into lines without copying them, in a buffer that grows to the longest line and no further than the
/// limit: of a longer line only its number is kept.
/// </summary>
internal sealed class LineSplitter(Stream stream, int maxLineBytes)
{
    private const int FirstBytes = 256 << 10;

    private byte[] _buffer = new byte[FirstBytes];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _begun;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line that is not blank, without its line break; valid until the next call.</summary>
    /// <param name="line">The line; empty when it is too long.</param>
    /// <param name="isTooLong">It has more bytes than allowed; the next call goes on behind it.</param>
    /// <returns>False at the end of the stream.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        while (TryReadAny(out line, out isTooLong))
        {
            Number++;
            if (isTooLong) return true;
            if (line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r')) return true;
        }
        return false;
    }

    private bool TryReadAny(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        if (!_begun) SkipByteOrderMark();
        isTooLong = false;
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest[searched..].IndexOf((byte)'\n');
            if (length >= 0)
            {
                length += searched;
                _start += length + 1;
                isTooLong = length > maxLineBytes;
                line = isTooLong ? default : rest[..length];
                return true;
            }
            searched = rest.Length;
            if (searched > maxLineBytes)
            {
                SkipLine();
                isTooLong = true;
                line = default;
                return true;
            }
            if (Fill()) continue;
            _start = _end;
            line = _buffer.AsSpan(_end - searched, searched);
            return searched > 0;
        }
    }

    private void SkipByteOrderMark()
    {
        _begun = true;
        while (_end < 3 && Fill())
        {
        }
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8)) _start = 3;
    }

    private void SkipLine()
    {
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest.IndexOf((byte)'\n');
            if (length >= 0)
            {
                _start += length + 1;
                return;
            }
            _start = _end = 0;
            if (!Fill()) return;
        }
    }

    private bool Fill()
    {
        if (_ended) return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        return !_ended;
    }
}
