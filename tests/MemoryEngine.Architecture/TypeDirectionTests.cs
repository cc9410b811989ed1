using System.Reflection;

namespace MemoryEngine.Architecture;

/// <summary>The direction between the engine's folders, proved on the built types instead of the text.</summary>
public sealed class TypeDirectionTests
{
    private static readonly Assembly Engine = typeof(ErrorCode).Assembly;

    [Fact]
    public void Built_types_point_only_where_the_table_allows()
    {
        var folders = new EngineFolders(Repository.Engine);
        Check(Engine.GetTypes(), folders.Of, folders.Find).ShouldBeNone();
    }

    [Theory]
    [InlineData(typeof(ByField))]
    [InlineData(typeof(BySignature))]
    [InlineData(typeof(ByGenericArgument))]
    [InlineData(typeof(ByBody))]
    [InlineData(typeof(ByLambda))]
    [InlineData(typeof(ByAsyncBody))]
    [InlineData(typeof(ByAttribute))]
    public void Every_way_to_use_a_type_is_found(Type user)
    {
        // In this sample the used types belong to the journal, which storage must not know.
        string? FolderOf(Type type)
        {
            if (type == typeof(Used) || type == typeof(UsedAttribute)) return "Journal";
            return type.FullName!.Contains(user.Name, StringComparison.Ordinal) ? "Storage" : null;
        }
        var types = user.GetNestedTypes(BindingFlags.NonPublic).Append(user);
        var findings = Check(types, FolderOf, (type, what) => new Finding(type.Name, 1, what)).ToArray();
        Assert.Contains("Storage uses Journal", Assert.Single(findings.DistinctBy(f => f.What)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_and_root_are_told_apart_by_the_file_that_declares_the_type()
    {
        var folders = new EngineFolders(
        [
            new SourceFile("src/MemoryEngine/Model/ErrorCode.cs", "namespace MemoryEngine;\npublic enum ErrorCode { }"),
            new SourceFile("src/MemoryEngine/MemoryEngineException.cs", "namespace MemoryEngine;\npublic class MemoryEngineException;"),
            new SourceFile("src/MemoryEngine/Model/Other.cs", "namespace MemoryEngine;\nrecord struct MemoryEngineException(int A);"),
            new SourceFile("src/MemoryEngine/Model/More.cs", "namespace MemoryEngine;\nreadonly record struct CorruptionException(int A);"),
        ]);
        Assert.Equal(FolderTable.Model, folders.Of(typeof(CorruptionException)));
        Assert.Equal(FolderTable.Model, folders.Of(typeof(ErrorCode)));
        Assert.Equal(FolderTable.Root, folders.Of(typeof(MemoryEngineException)));
        Assert.Null(folders.Of(typeof(string)));
        Assert.Equal("src/MemoryEngine/Model/ErrorCode.cs(2): x", folders.Find(typeof(ErrorCode), "x").ToString());
    }

    [Fact]
    public void Nothing_below_may_know_the_root() =>
        Assert.NotNull(FolderTable.WhyFolderMayNotUse("Journal", FolderTable.Root));

    private static IEnumerable<Finding> Check(IEnumerable<Type> types, Func<Type, string?> folderOf, Func<Type, string, Finding> find) =>
        from type in types
        let user = folderOf(type)
        where user is not null
        from used in TypeReferences.Of(type)
        let to = folderOf(used)
        where to is not null
        let why = FolderTable.WhyFolderMayNotUse(user, to)
        where why is not null
        select find(type, $"{why} (The type {type} uses {used}.)");

    private sealed class Used
    {
        public static int Answer() => 42;
    }

    [AttributeUsage(AttributeTargets.Class)]
    private sealed class UsedAttribute : Attribute;

    private sealed class ByField
    {
        public Used? Field = null;
    }

    private sealed class BySignature
    {
        public static void Method(Used[] used) => _ = used.Length;
    }

    private sealed class ByGenericArgument
    {
        public static int Method() => new List<Used?>().Count;
    }

    private sealed class ByBody
    {
        public static int Method() => Used.Answer();
    }

    private sealed class ByLambda
    {
        public static Func<int, int> Method(int add) => more => Used.Answer() + add + more;
    }

    private sealed class ByAsyncBody
    {
        public static async Task<int> Method(Task task)
        {
            await task;
            return Used.Answer();
        }
    }

    [Used]
    private sealed class ByAttribute;
}
