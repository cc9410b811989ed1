namespace MemoryEngine.Tests.Transfers;

public sealed class PreconditionTests
{
    [Theory]
    [InlineData("", "language=go", PreconditionMatch.Unknown)]
    [InlineData("language=go", "", PreconditionMatch.Unknown)]
    [InlineData("language=go", "language=go", PreconditionMatch.Match)]
    [InlineData("language=Go", "language=golang", PreconditionMatch.Match)]
    [InlineData("language=python", "language=go", PreconditionMatch.Contradict)]
    [InlineData("language=python", "os=linux", PreconditionMatch.Unknown)]
    [InlineData("language=python", "language=go, python", PreconditionMatch.Match)]
    [InlineData("language=python, javascript", "language=js", PreconditionMatch.Match)]
    [InlineData("language=go;os=linux", "language=go", PreconditionMatch.Unknown)]
    [InlineData("language=go;os=linux", "language=go;os=osx", PreconditionMatch.Contradict)]
    [InlineData("os=osx", "os=macos", PreconditionMatch.Match)]
    [InlineData("tool=docker", "tool=git,docker", PreconditionMatch.Match)]
    [InlineData("tool=docker", "tool=git", PreconditionMatch.Unknown)]
    [InlineData("python=>=3.10", "python=3.12.1", PreconditionMatch.Match)]
    [InlineData("python=>=3.10", "python=3.9", PreconditionMatch.Contradict)]
    [InlineData("python=<3", "python=2.7", PreconditionMatch.Match)]
    [InlineData("react=^18.2", "react=18.3.1", PreconditionMatch.Match)]
    [InlineData("react=^18.2", "react=19.0.0", PreconditionMatch.Contradict)]
    [InlineData("react=^0.2.1", "react=0.3.0", PreconditionMatch.Contradict)]
    [InlineData("go=~1.21", "go=1.21.9", PreconditionMatch.Match)]
    [InlineData("go=~1.21", "go=1.22", PreconditionMatch.Contradict)]
    [InlineData("go==1.21", "go=1.21.9", PreconditionMatch.Match)]
    [InlineData("go==1.21.3", "go=1.21.9", PreconditionMatch.Contradict)]
    [InlineData("seen:dependency/numpy=1.0", "language=python", PreconditionMatch.Unknown)]
    [InlineData("seen:dependency/numpy=1.0;language=python", "language=python", PreconditionMatch.Match)]
    public void What_one_side_does_not_state_is_unknown_and_the_rest_is_compared(string requires, string task, PreconditionMatch expected) =>
        Assert.Equal(expected, Preconditions.Compare(Map(requires), Map(task)));

    private static Dictionary<string, string> Map(string text) => text.Length == 0
        ? []
        : text.Split(';').ToDictionary(p => p[..p.IndexOf('=', StringComparison.Ordinal)], p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]);
}
