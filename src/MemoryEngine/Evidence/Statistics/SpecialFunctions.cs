namespace MemoryEngine.Evidence.Statistics;

/// <summary>The functions that the distributions stand on. Relative errors are some 1e-13 for arguments up to a million.</summary>
internal static class SpecialFunctions
{
    private const double HalfLogTwoPi = 0.918938533204672741780329736406;

    /// <summary>From here on Stirling's series, cut after its seventh term, is exact to the last digits.</summary>
    private const double StirlingFrom = 16;

    /// <summary>The natural logarithm of the gamma function, for x &gt; 0: Stirling's series, reached by the recurrence.</summary>
    /// <remarks>Source: Abramowitz and Stegun (1964), 6.1.15 and 6.1.41.</remarks>
    public static double LogGamma(double x)
    {
        if (!(x > 0)) throw new ArgumentOutOfRangeException(nameof(x), x, "The logarithm of the gamma function is taken of positive numbers.");
        var product = 1.0;
        for (; x < StirlingFrom; x++) product *= x;
        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + Series(x) - Math.Log(product);
    }

    /// <summary>
    /// log Γ(x + 1) minus Stirling's approximation of it, (x + ½) log x - x + ½ log 2π: what is left is small, so that
    /// binomial probabilities of large numbers lose no digits.
    /// </summary>
    /// <remarks>Source: Loader (2000), Fast and accurate computation of binomial probabilities.</remarks>
    public static double StirlingError(double x)
    {
        if (x >= StirlingFrom) return Series(x);
        return LogGamma(x + 1) - ((x + 0.5) * Math.Log(x)) + x - HalfLogTwoPi;
    }

    /// <summary>x log(x/m) + m - x without cancellation where x is close to m.</summary>
    /// <remarks>Source: Loader (2000), the deviance of a Poisson or binomial part.</remarks>
    public static double Deviance(double x, double m)
    {
        var difference = x - m;
        if (Math.Abs(difference) >= 0.1 * (x + m)) return (x * Math.Log(x / m)) + m - x;
        var v = difference / (x + m);
        var (sum, term, square) = (difference * v, 2 * x * v, v * v);
        for (var j = 3; ; j += 2)
        {
            term *= square;
            var next = sum + (term / j);
            if (next == sum) return sum;
            sum = next;
        }
    }

    /// <summary>The regularised incomplete beta function I_x(a, b): the probability that a beta variable is at most x.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="a">The first shape, above 0.</param>
    /// <param name="b">The second shape, above 0.</param>
    /// <remarks>Source: NIST Digital Library of Mathematical Functions, 8.17.22, by the method of Lentz (1976).</remarks>
    public static double IncompleteBeta(double x, double a, double b)
    {
        if (!(a > 0 && b > 0)) throw new ArgumentOutOfRangeException(nameof(a), $"The shapes of a beta distribution are positive, not {a} and {b}.");
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        // The fraction converges quickly on the near side of the mean.
        return x <= a / (a + b) ? Tail(x, 1 - x, a, b) : 1 - Tail(1 - x, x, b, a);
    }

    /// <summary>1 - I_x(a, b), exact where it is small.</summary>
    public static double IncompleteBetaComplement(double x, double a, double b)
    {
        if (x <= 0) return 1;
        if (x >= 1) return 0;
        return x <= a / (a + b) ? 1 - Tail(x, 1 - x, a, b) : Tail(1 - x, x, b, a);
    }

    /// <summary>x^a y^b Γ(a + b) / (Γ(a) Γ(b)) with y = 1 - x.</summary>
    /// <remarks>Source: Loader (2000), the saddle-point form of the binomial probability.</remarks>
    public static double BetaKernel(double x, double y, double a, double b)
    {
        var n = a + b;
        var logarithm = StirlingError(n) - StirlingError(a) - StirlingError(b) - Deviance(a, n * x) - Deviance(b, n * y);
        return Math.Exp(logarithm) * Math.Sqrt(a * b / (2 * Math.PI * n));
    }

    private static double Tail(double x, double y, double a, double b) => BetaKernel(x, y, a, b) / a * Fraction(x, a, b);

    /// <summary>1/(1 + d1/(1 + d2/(1 + ...))).</summary>
    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        const double Enough = 3e-16;
        const int Most = 1_000_000;
        var (numerator, denominator, value) = (1.0, 0.0, 1.0);
        for (var n = 1; n <= Most; n++)
        {
            double m = n / 2;
            var d = n % 2 == 0
                ? m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)))
                : -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            numerator = 1 + (d / numerator);
            denominator = 1 + (d * denominator);
            if (numerator == 0) numerator = Tiny;
            if (denominator == 0) denominator = Tiny;
            denominator = 1 / denominator;
            var factor = numerator * denominator;
            value *= factor;
            if (Math.Abs(factor - 1) <= Enough) return 1 / value;
        }
        throw new ArithmeticException($"The incomplete beta function of {x} with shapes {a} and {b} did not converge.");
    }

    private static double Series(double x)
    {
        var square = 1 / (x * x);
        var sum = (-691.0 / 360_360) + (square / 156);
        sum = (1.0 / 1188) + (square * sum);
        sum = (-1.0 / 1680) + (square * sum);
        sum = (1.0 / 1260) + (square * sum);
        sum = (-1.0 / 360) + (square * sum);
        return ((1.0 / 12) + (square * sum)) / x;
    }
}
