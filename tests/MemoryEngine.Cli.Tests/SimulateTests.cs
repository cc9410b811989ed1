using System.Text.Json;

namespace MemoryEngine.Cli.Tests;

/// <summary>The simulation: the same world twice is the same, harm is found, and what does none is left alone.</summary>
public sealed class SimulateTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Harm_is_found_nearly_as_often_as_by_a_test_that_knows_everything()
    {
        var figures = await _cli.JsonAsync(0, "simulate", "--memories", "100", "--tasks", "10000", "--runs", "10", "--threads", "2");
        var (power, ideal) = (Number(figures, "power"), Number(figures, "ideal_power"));
        Assert.True(power > 0.85 && power >= 0.9 * ideal, $"{power} of {ideal}");
        Assert.Equal(100, figures.GetProperty("harmful").GetInt32());
        Assert.True(Number(figures, "false_discovery_rate") <= 0.05);
        Assert.InRange(Number(figures, "residual_harm"), 0.1, 0.5);
        Assert.True(Number(figures, "tasks_lost") < Number(figures, "tasks_lost_never_removing"));
        Assert.Equal(1.0, Number(figures, "cleanup_success"));
        Assert.Equal((10, 10), (figures.GetProperty("runs").GetInt32(), figures.GetProperty("runs_with_removal").GetInt32()));
    }

    [Theory]
    [InlineData("--design", "withhold=0.2")]
    [InlineData("--domains", "3")]
    [InlineData("--zipf")]
    [InlineData("--no-escalation")]
    [InlineData("--helpful", "0.5")]
    public async Task The_same_seed_gives_the_same_figures_however_many_threads(params string[] options)
    {
        string[] small = ["simulate", "--memories", "20", "--harmful", "0.2", "--effect", "-40", "--tasks", "2000", "--runs", "4"];
        var one = await _cli.RunAsync([.. small, .. options, "--json"]);
        Assert.Equal(0, one.ExitCode);
        Assert.Equal(one.Out, (await _cli.RunAsync([.. small, .. options, "--threads", "2", "--json"])).Out);
        Assert.NotEqual(one.Out, (await _cli.RunAsync([.. small, .. options, "--seed", "99", "--json"])).Out);
        Assert.True(Number(one.Json, "power") > 0, one.Out);
        var shown = await _cli.RunAsync([.. small, .. options]);
        Assert.Contains("an ideal test", shown.Out, StringComparison.Ordinal);
    }

    /// <summary>80 worlds without harm: 4 may remove something on average, and 9 with bad luck.</summary>
    [Fact]
    public async Task What_does_no_harm_is_left_alone()
    {
        var figures = await _cli.JsonAsync(
            0, "simulate", "--harmful", "0", "--memories", "60", "--tasks", "6000", "--runs", "80", "--threads", "2");
        Assert.InRange(figures.GetProperty("runs_with_removal").GetInt32(), 0, 9);
        Assert.Equal(JsonValueKind.Null, figures.GetProperty("power").ValueKind);
    }

    [Theory]
    [InlineData("--harmful", "1.5", "between 0 and 1")]
    [InlineData("--effect", "20", "between -100 and -0.1")]
    [InlineData("--design", "withhold=2", "between 0.001 and 0.999")]
    [InlineData("--design", "latin", "factorial, or withhold=W")]
    [InlineData("--candidates", "500", "there are 200 memories")]
    [InlineData("--base-rate", "x", "is a number")]
    public async Task Worlds_that_cannot_be_are_refused(string option, string value, string message)
    {
        var answer = await _cli.JsonAsync(2, "simulate", option, value);
        Assert.Contains(message, answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static double Number(JsonElement figures, string name) => figures.GetProperty(name).GetDouble();
}
