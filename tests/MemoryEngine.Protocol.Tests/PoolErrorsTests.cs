using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Protocol.Tests;

/// <summary>A client throws what the pool itself would have thrown.</summary>
public sealed class PoolErrorsTests
{
    // What an opening meets, and a server's pool is open; what only a connection can meet.
    private static readonly Dictionary<ErrorCode, ErrorCode> Elsewhere = new()
    {
        [ErrorCode.PoolNotFound] = ErrorCode.Storage,
        [ErrorCode.NotAPool] = ErrorCode.Storage,
        [ErrorCode.NewerFormat] = ErrorCode.Storage,
        [ErrorCode.NetworkFileSystem] = ErrorCode.Storage,
        [ErrorCode.PoolBusy] = ErrorCode.Unavailable,
    };

    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void What_the_engine_meets_comes_back_with_its_code_and_its_retryability(ErrorCode code)
    {
        var thrown = new MemoryEngineException(code, "What, where, and what to do.");
        var error = PoolErrors.Of(thrown);
        var caught = Assert.IsType<MemoryEngineException>(PoolErrors.ToException(error));
        Assert.Equal(Elsewhere.GetValueOrDefault(code, code), caught.Code);
        Assert.Equal(thrown.IsRetryable, error.IsRetryable);
        Assert.Equal(thrown.IsRetryable, caught.IsRetryable);
        Assert.EndsWith("What, where, and what to do.", caught.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/pool/journal/00000001.log", 4096L, "checksum 1a", "2b")]
    [InlineData("/a pool, found: here/records", 0L, "a frame of 12 bytes, or the end", "the end at offset 3, which is none")]
    [InlineData("C:\\pool\\x", long.MaxValue, "\"a\nb\"", "nothing.")]
    public void Damage_comes_back_with_its_place(string file, long offset, string expected, string found)
    {
        var thrown = new CorruptionException(file, offset, expected, found);
        var caught = Assert.IsType<CorruptionException>(PoolErrors.ToException(PoolErrors.Of(thrown)));
        Assert.Equal((file, offset, thrown.Message), (caught.File, caught.Offset, caught.Message));
    }

    [Fact]
    public void Damage_that_is_told_in_other_words_is_damage_still()
    {
        var caught = Assert.IsType<MemoryEngineException>(PoolErrors.ToException(new RpcError(5006, "CORRUPTION: a byte is wrong")));
        Assert.Equal((ErrorCode.Corruption, "a byte is wrong"), (caught.Code, caught.Message));
    }

    [Fact]
    public void Arguments_cancellation_time_and_closing_are_what_they_are()
    {
        Assert.Equal("level is 9", Assert.IsType<ArgumentException>(Back(new ArgumentException("level is 9"))).Message);
        Assert.IsType<OperationCanceledException>(Back(new OperationCanceledException()));
        Assert.Equal(ErrorCode.DeadlineExceeded, Assert.IsType<MemoryEngineException>(Back(new TimeoutException())).Code);
        Assert.Equal(ErrorCode.Unavailable, Assert.IsType<MemoryEngineException>(Back(new ObjectDisposedException("pool"))).Code);
        Assert.Equal(ErrorCode.Storage, Assert.IsType<MemoryEngineException>(Back(new IOException("broken"))).Code);
        var defect = Assert.IsType<MemoryEngineException>(Back(new InvalidOperationException("no")));
        Assert.Equal((ErrorCode.Protocol, false), (defect.Code, defect.IsRetryable));
        Assert.StartsWith("INTERNAL: ", defect.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_of_the_protocol_is_an_exception_and_one_of_a_newer_server_too()
    {
        foreach (var info in ProtocolErrors.All)
        {
            var thrown = PoolErrors.ToException(RpcError.Of(info.Code, "x"));
            if (thrown is MemoryEngineException e) Assert.Equal(info.IsRetryable, e.IsRetryable);
            else Assert.False(info.IsRetryable);
        }
        var unknown = Assert.IsType<MemoryEngineException>(PoolErrors.ToException(new RpcError(9999, "NEW: x")));
        Assert.Equal((ErrorCode.Protocol, "NEW: x"), (unknown.Code, unknown.Message));
    }

    private static Exception Back(Exception exception) => PoolErrors.ToException(PoolErrors.Of(exception));
}
