using System.Reflection;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Architecture;

/// <summary>Two stores in one process share nothing that changes: the engine has no static field that can be assigned.</summary>
public sealed class StaticStateTests
{
    private const BindingFlags Statics =
        BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void No_static_state_that_changes()
    {
        var folders = new EngineFolders(Repository.Engine);
        Check(typeof(ErrorCode).Assembly.GetTypes(), folders.Find).ShouldBeNone();
        Check(typeof(Protocol.ProtocolLimits).Assembly.GetTypes(), folders.Find).ShouldBeNone();
    }

    [Fact]
    public void Static_state_is_found()
    {
        var findings = Check([typeof(Sample)], (type, what) => new Finding(type.Name, 1, what)).Select(f => f.What).ToArray();
        Assert.Equal(2, findings.Length);
        Assert.Contains(findings, f => f.Contains("Counter", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Contains("Setting", StringComparison.Ordinal));
    }

    /// <summary>What the compiler keeps for lambdas lives in types of its own; the field behind a property is ours.</summary>
    private static IEnumerable<Finding> Check(IEnumerable<Type> types, Func<Type, string, Finding> find) =>
        from type in types
        where !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.StartsWith('<')
        from field in type.GetFields(Statics)
        where !field.IsInitOnly && !field.IsLiteral
        // What a thread passes to itself across a callee's callback is not shared by two stores.
        where !field.IsDefined(typeof(ThreadStaticAttribute))
        select find(type, $"the static field {field.Name} can change: make it readonly, or a field of an object that is handed in.");

    private static class Sample
    {
        public const int Constant = 1;
        public static readonly int Fixed = 2;
        public static int Counter = 5;

        public static int Setting { get; set; }

        public static int Reading { get; } = 3;

        public static Func<int> Cached => static () => 4;
    }
}
