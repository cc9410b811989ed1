using MemoryEngine.Benchmarks.FasterLog;

// What decision 0001 stands on, from one command. docs/decisions/0001-own-journal-not-fasterlog.md reads the output.
if (args is [SecondProcess.Argument, var kind, var directory]) return await SecondProcess.RunAsync(kind, directory);

var root = Directory.CreateTempSubdirectory("memengine-fasterlog-").FullName;
try
{
    var report = new Report(Console.Out);
    if (args is [GroupCommits.Argument, var method, var seconds])
    {
        GroupCommits.RunOne(root, method, double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    }
    if (args is [GroupCommits.Alone])
    {
        new GroupCommits(root, report).Compare();
        return 0;
    }
    var damage = new Damage(root, report);
    damage.Entry();
    damage.Metadata();
    await new SecondProcess(root, report).CompareAsync();
    new GroupCommits(root, report).Compare();
    return 0;
}
finally
{
    Directory.Delete(root, recursive: true);
}
