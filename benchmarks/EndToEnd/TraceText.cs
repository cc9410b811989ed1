namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>Text with the word statistics of logs: a vocabulary drawn by Zipf's law, lines of some ten words.</summary>
internal sealed class TraceText
{
    private readonly string[] _words;
    private readonly double[] _cumulative;
    private readonly Random _random;

    public TraceText(int vocabulary, int seed)
    {
        _random = new Random(seed);
        _words = [.. Enumerable.Range(0, vocabulary).Select(_ => Word())];
        _cumulative = new double[vocabulary];
        var sum = 0.0;
        for (var i = 0; i < vocabulary; i++) _cumulative[i] = sum += 1.0 / (i + 1);
    }

    public string Next(int characters)
    {
        // Written in place: the benchmark's own garbage should not be what it measures.
        return string.Create(characters, this, static (text, self) =>
        {
            while (!text.IsEmpty)
            {
                var at = Array.BinarySearch(self._cumulative, self._random.NextDouble() * self._cumulative[^1]);
                var word = self._words[at < 0 ? ~at : at].AsSpan();
                word[..Math.Min(word.Length, text.Length)].CopyTo(text);
                text = text[Math.Min(word.Length, text.Length)..];
                if (text.IsEmpty) return;
                text[0] = self._random.Next(10) == 0 ? '\n' : ' ';
                text = text[1..];
            }
        });
    }

    private string Word()
    {
        var word = new char[3 + _random.Next(8)];
        for (var i = 0; i < word.Length; i++) word[i] = (char)('a' + _random.Next(26));
        return new string(word);
    }
}
