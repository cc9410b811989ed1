#!/usr/bin/env python3
"""Writes reference.tsv: what the statistics of src/MemoryEngine/Evidence must give, computed by other tools.

Made with Debian 12's python3-scipy 1.10.1, python3-statsmodels 0.13.5 and python3-mpmath 1.2.1:
    /usr/bin/python3 reference.py > reference.tsv
Each line: the function, its arguments, the value; tabs between them. The tests need this file alone, not Python.
"""
import itertools
import math

import numpy as np
from mpmath import mp, mpf, betainc, beta, binomial, erfc, sqrt, loggamma
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

mp.dps = 40


def row(name, arguments, *values):
    print("\t".join([name, *(repr(a) for a in arguments), *(repr(float(v)) for v in values)]))


def log_gamma():
    for x in [1e-8, 0.1, 0.5, 1.0, 1.5, 2.0, 3.25, 10.0, 15.999, 16.0, 100.5, 12345.678, 1e9]:
        row("log_gamma", [x], loggamma(mpf(x)))


def incomplete_beta():
    shapes = [(0.5, 0.5), (1.0, 1.0), (1.0, 30.0), (2.0, 3.0), (29.0, 1.0), (0.01, 5.0), (10.0, 90.0), (500.0, 500.0),
              (3.0, 4000.0), (30000.0, 70000.0)]
    for a, b in shapes:
        mean = a / (a + b)
        deviation = math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        for x in [mean - 6 * deviation, mean - 2 * deviation, mean, mean + deviation, mean + 5 * deviation, 0.001, 0.3, 0.97]:
            if 0 < x < 1:
                value = stats.beta.cdf(x, a, b) if a + b > 10000 else betainc(a, b, 0, mpf(x), regularized=True)
                if value > 1e-290:
                    row("beta_cdf", [x, a, b], value)


def beta_quantile():
    for p in [1e-6, 0.025, 0.05, 0.3, 0.5, 0.95, 0.975, 0.999999]:
        for a, b in [(1.0, 30.0), (0.5, 0.5), (3.0, 7.0), (40.0, 2.0), (500.0, 700.0), (0.05, 3.0), (20000.0, 80000.0)]:
            row("beta_quantile", [p, a, b], stats.beta.ppf(p, a, b))


def normal():
    for z in [-38.0, -8.0, -3.1, -2.9, -1.0, -0.1, 0.0, 0.5, 1.96, 2.999, 3.001, 6.0]:
        row("normal_cdf", [z], erfc(-mpf(z) / sqrt(2)) / 2)
    for p in [1e-300, 1e-12, 0.001, 0.025, 0.05, 0.3, 0.5, 0.8, 0.95, 0.975, 0.9999999]:
        row("normal_quantile", [p], stats.norm.ppf(p))


def binomials():
    for k, n, p in [(0, 10, 0.5), (3, 10, 0.2), (10, 10, 0.9), (17, 37, 0.5), (500, 1000, 0.5), (12, 100000, 0.0001), (0, 29, 0.1),
                    (26, 400, 0.05), (999990, 1000000, 0.99999)]:
        exact = binomial(n, k) * mpf(p) ** k * (1 - mpf(p)) ** (n - k)
        row("binomial", [k, n, p], exact, stats.binom.cdf(k, n, p), stats.binom.sf(k - 1, n, p))


def proportions():
    for k, n in [(0, 1), (1, 1), (0, 29), (0, 59), (1, 60), (20, 132), (81, 263), (15, 148), (3, 3), (250, 1000), (4999, 100000)]:
        for confidence in [0.9, 0.95, 0.99]:
            row("wilson", [k, n, confidence], *proportion_confint(k, n, 1 - confidence, "wilson"))
            row("clopper_pearson", [k, n, confidence], *proportion_confint(k, n, 1 - confidence, "beta"))


def unpaired():
    # The first eight are the examples of Newcombe (1998), table II.
    for k1, n1, k2, n2 in [(56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (0, 10, 0, 20), (0, 10, 0, 10),
                           (10, 10, 0, 20), (10, 10, 0, 10), (77, 132, 80, 132)]:
        row("unpaired", [k1, n1, k2, n2], *confint_proportions_2indep(k1, n1, k2, n2, method="newcomb"))


def paired():
    # No package at hand has it: Newcombe (1998), paired, method 10, step by step.
    tables = [(36, 12, 2, 0), (0, 1, 2, 3), (60, 20, 17, 35), (9, 2, 2, 17), (20, 2, 6, 32), (50, 0, 0, 50), (0, 5, 5, 0), (10, 0, 0, 0),
              (53, 0, 1, 0), (1, 97, 1, 1), (2, 97, 1, 0), (29, 0, 1, 0), (500, 40, 60, 400)]
    for e, f, g, h in tables:
        for confidence in [0.9, 0.95]:
            n = e + f + g + h
            l2, u2 = proportion_confint(e + f, n, 1 - confidence, "wilson")
            l3, u3 = proportion_confint(e + g, n, 1 - confidence, "wilson")
            p2, p3 = (e + f) / n, (e + g) / n
            difference = e * h - f * g
            corrected = difference if difference < 0 else max(difference - n / 2, 0)
            margins = (e + f) * (g + h) * (e + g) * (f + h)
            phi = corrected / math.sqrt(margins) if margins else 0.0
            dl2, du2, dl3, du3 = p2 - l2, u2 - p2, p3 - l3, u3 - p3
            delta = math.sqrt(max(0, dl2 ** 2 - 2 * phi * dl2 * du3 + du3 ** 2))
            epsilon = math.sqrt(max(0, du2 ** 2 - 2 * phi * du2 * dl3 + dl3 ** 2))
            row("paired", [e, f, g, h, confidence], p2 - p3 - delta, p2 - p3 + epsilon)


def mcnemars():
    for gains, losses in [(1, 7), (7, 1), (0, 0), (5, 5), (0, 6), (17, 20), (2, 7), (2, 6), (100, 140), (6, 1)]:
        exact = mcnemar([[0, gains], [losses, 0]], exact=True).pvalue if gains + losses else 1.0
        point = stats.binom.pmf(min(gains, losses), gains + losses, 0.5)
        middle = 1 - point / 2 if gains == losses else exact - point
        row("mcnemar", [gains, losses], min(1.0, exact), 1.0 if gains + losses == 0 else middle)


def gates():
    # The smallest number of pairs with which the one-sided 95 % Clopper-Pearson bound is under the limit.
    for limit, losses in itertools.product([0.05, 0.1, 0.2], range(0, 12)):
        n = losses + 1
        while stats.beta.ppf(0.95, losses + 1, n - losses) >= limit:
            n += 1
        row("pairs_to_pass", [limit, losses], n)
    # The smallest number of losses with which the lower bound is over it.
    for limit, n in itertools.product([0.05, 0.1, 0.2], [10, 30, 60, 132, 500]):
        losses = 0
        while stats.beta.ppf(0.05, losses, n - losses + 1) <= limit if losses else True:
            losses += 1
        row("losses_to_fail", [limit, n], losses)


def between():
    # One group: the root of Paule and Mandel's equation by scipy's brentq; 0 where there is none above 0.
    cases = [([0.1, -0.2, 0.35, 0.02, -0.15], [0.01, 0.02, 0.005, 0.03, 0.01]),
             ([0.3, 0.31, 0.29], [0.02, 0.01, 0.02]),
             ([1.0, -1.0, 0.5, -0.7, 0.2, 0.1, 0.9], [0.1, 0.2, 0.3, 0.1, 0.05, 0.02, 0.2])]
    for values, variances in cases:
        y, v = np.array(values), np.array(variances)

        def excess(tau2):
            weights = 1 / (v + tau2)
            return (weights * (y - (weights * y).sum() / weights.sum()) ** 2).sum() - (len(y) - 1)

        tau2 = optimize.brentq(excess, 0, 100, xtol=1e-15) if excess(0) > 0 else 0.0
        row("between", [len(values), *values, *variances], tau2)


MASK = (1 << 64) - 1


def splitmix(state):
    z = (state + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uniform_of(seed, high, low):
    return (splitmix((splitmix((splitmix(seed) + high) & MASK) + low) & MASK) >> 11) / 2 ** 53


def uniforms():
    for seed, high, low in [(0, 0, 0), (1, 0, 1), (1, 1, 0), (2, 0, 1), (123456789, 987654321, 2 ** 52 + 1), (2 ** 52, 7, 9)]:
        row("uniform", [seed, high, low], uniform_of(seed, high, low))


class Fortune:
    """TestMartingale, written again from its description; doubles are the same in Python, so every digit must agree."""

    effects, shares, reserve0, steps0, risk = [0.05, 0.1, 0.2, 0.35], [0.1, 0.2, 0.5, 0.15], 0.05, 100.0, 0.9

    def __init__(self):
        self.bets, self.reserve, self.steps = list(self.shares), self.reserve0, 0.0

    def bet(self, gain, spread, worst):
        self.steps += 1
        trickle = self.reserve / (self.steps + self.steps0)
        self.reserve -= trickle
        for i in range(4):
            factor = min(self.effects[i] / spread, self.risk / worst)
            money = self.bets[i] + trickle * (self.shares[i] / (1 - self.reserve0))
            self.bets[i] = money + money * (factor * gain)

    @property
    def value(self):
        return self.reserve + (self.bets[0] + self.bets[1] + (self.bets[2] + self.bets[3]))


def effects():
    # Outcomes, inclusion and probabilities all from the counter; the test draws the same.
    for case, effect in enumerate([-0.2, 0.0, 0.15]):
        harm, good = Fortune(), Fortune()
        total, count, wide, product, weight = 0.0, 0.0, 0.5, 0.0, 0.0
        for n in range(1500):
            pi = [0.5, 0.9, 0.25][n % 3]
            included = uniform_of(case, n, 1) < pi
            outcome = 1.0 if uniform_of(case, n, 2) < 0.5 + (effect if included else 0) else 0.0
            if n % 5 == 4:
                outcome = (outcome + uniform_of(case, n, 3)) / 2
            rate = (total + 20.0 * wide) / (count + 20.0)
            total, count = total + outcome, count + 1
            arm = (1 if included else 0) - pi
            gain = (outcome - rate) * arm
            spread = max(rate * (1 - rate), 0.02)
            harm.bet(-gain, spread, max((1 - rate) * (1 - pi), rate * pi))
            good.bet(gain, spread, max((1 - rate) * pi, rate * (1 - pi)))
            product, weight = product + gain, weight + arm * arm
            if n in (9, 99, 499, 1499):
                row("effect", [case, n + 1], harm.value, good.value, product / weight)


for part in [log_gamma, incomplete_beta, beta_quantile, normal, binomials, proportions, unpaired, paired, mcnemars, gates, between,
             uniforms, effects]:
    part()
