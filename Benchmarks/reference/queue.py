"""Holds measured runs of a scripted queue against its closed form: see Benchmarks/known-queue.

    queue.py RUN...    folders of runs, each named KIND-SERVERS-UTILISATION, such as mm-2-0.7

Prints a row of a Markdown table for each quantity of each run, and at the end a sentence that counts
them. Exit codes: 0; 10 where the measurement does not agree; 69 where there is too little to compare.

The closed forms, with a the offered load, c the servers, D the service and r the utilisation:

- M/M/c: Erlang's C formula gives the share of calls that wait; those that do wait for an exponential
  time of the rate cμ - λ (Kleinrock, Queueing Systems, volume 1, 1975, section 3.5), and an
  independent exponential service follows.
- M/D/1: the mean wait by Pollaczek and Khinchine, Dr / 2(1 - r); its distribution by Erlang's series
  (1909), which Crommelin generalised in 1932: P(wait <= xD) = (1 - r) Σ (r(k - x))^k e^(r(x - k)) / k!
  over whole k <= x. Its terms alternate and cancel, so it is summed with as many digits as that takes.
"""

import decimal
import json
import math
import pathlib
import sys

SERVICE = 0.002
# Student's t for 95 %, two-sided, by degrees of freedom.
STUDENT = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571}
FARTHEST = 0.25
SHARE_OF_MISSES = 1 / 8


def erlang_c(servers, utilisation):
    """The share of calls that find all servers busy."""
    load = servers * utilisation
    free = sum(load**k / math.factorial(k) for k in range(servers))
    busy = load**servers / math.factorial(servers) / (1 - utilisation)
    return busy / (free + busy)


def exponential_tail(servers, utilisation):
    """P(response > t) of M/M/c as a function of t in seconds."""
    waits, mu = erlang_c(servers, utilisation), 1 / SERVICE
    drain = servers * mu * (1 - utilisation)

    def tail(t):
        if math.isclose(mu, drain):
            both = (1 + mu * t) * math.exp(-mu * t)
        else:
            both = (mu * math.exp(-drain * t) - drain * math.exp(-mu * t)) / (mu - drain)
        return (1 - waits) * math.exp(-mu * t) + waits * both

    return tail


def fixed_tail(utilisation):
    """P(response > t) of M/D/1 as a function of t in seconds."""

    def tail(t):
        if t < SERVICE:
            return 1
        x = t / SERVICE - 1
        with decimal.localcontext() as context:
            context.prec = 40 + 2 * int(x)
            r, x, total = decimal.Decimal(str(utilisation)), decimal.Decimal(x), decimal.Decimal(0)
            for k in range(int(x) + 1):
                power = (r * (k - x)) ** k if k else decimal.Decimal(1)
                total += power / math.factorial(k) * (r * (x - k)).exp()
            return float(1 - (1 - r) * total)

    return tail


def quantile(tail, share):
    """The t that the share of responses does not exceed, by bisection."""
    low, high = 0, SERVICE
    while tail(high) > 1 - share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > 1 - share else (low, middle)
    return high


def closed_form(kind, servers, utilisation):
    """The mean wait and two percentiles of the response, in seconds by their names."""
    if kind == "mm":
        tail = exponential_tail(servers, utilisation)
        wait = erlang_c(servers, utilisation) * SERVICE / (servers * (1 - utilisation))
    else:
        tail = fixed_tail(utilisation)
        wait = SERVICE * utilisation / 2 / (1 - utilisation)
    # At 0.5 exactly half of the calls of M/D/1 do not wait: the median is an edge, where the least
    # chance decides between no wait and some. There p90 stands in for it.
    middle = "p90" if kind == "md" and utilisation == 0.5 else "p50"
    shares = {middle: float(middle[1:]) / 100, "p99": 0.99}
    return {"mean wait": wait} | {name: quantile(tail, share) for name, share in shares.items()}


def rounds_of(folder):
    """The rounds of the one open cell of a run that made calls."""
    run = json.loads((folder / "run.json").read_text())
    rounds = next(cell["rounds"] for cell in run["cells"] if cell["cell"].get("open"))
    return [round for round in rounds if round["operations"] > 0]


def measured(rounds, name):
    """A quantity of each round, in seconds."""
    responses = [round["latency"]["response"] for round in rounds]
    if name == "mean wait":
        return [response["mean"] / 1e9 - SERVICE for response in responses]
    return [response[name] / 1e9 for response in responses]


def compare(folder):
    """Prints the rows of a run; gives whether each quantity is inside, and how far it is off."""
    kind, servers, utilisation = folder.name.split("-")
    case = (kind, int(servers), float(utilisation))
    title = f"M/M/{servers}" if kind == "mm" else f"M/D/{servers}"
    rounds = rounds_of(folder)
    if len(rounds) - 1 not in STUDENT:
        sys.exit(69)
    valid = sum(not round["verdict"]["reasons"] for round in rounds)
    for name, expected in closed_form(*case).items():
        values = measured(rounds, name)
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
        reach = STUDENT[len(values) - 1] * math.sqrt(variance / len(values))
        is_inside = abs(mean - expected) <= reach
        what = name if name == "mean wait" else f"response {name}"
        print(
            f"| {title} | {utilisation} | {what} | {expected * 1e3:.3f} | {mean * 1e3:.3f} "
            f"| {(mean - reach) * 1e3:.3f} to {(mean + reach) * 1e3:.3f} "
            f"| {(mean / expected - 1) * 100:+.1f} % | {valid} of {len(rounds)} "
            f"| {'yes' if is_inside else 'no'} |"
        )
        yield is_inside, abs(mean / expected - 1)


def main():
    results = [result for folder in sys.argv[1:] for result in compare(pathlib.Path(folder))]
    misses = sum(not is_inside for is_inside, _ in results)
    farthest = max(distance for _, distance in results)
    most = math.ceil(len(results) * SHARE_OF_MISSES)
    print(
        f"\n{misses} of {len(results)} closed forms lie outside (at most {most} pass); the farthest "
        f"is off by {farthest * 100:.1f} % (at most {FARTHEST * 100:.0f} %)."
    )
    sys.exit(0 if misses <= most and farthest <= FARTHEST else 10)


if __name__ == "__main__":
    main()
