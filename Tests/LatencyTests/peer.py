"""The HdrHistogram package of Python, which our logs are held against.

peer.py write LOG          writes histograms of many layouts, and prints what they hold
peer.py read LOG           prints what each row of a log holds
peer.py hgrm LOG RATIO     prints the percentile distribution of each row of a log
"""

import io
import json
import random
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader, HistogramLogWriter

PERCENTILES = [50, 90, 99, 99.9]

# Tag, lowest and highest value, digits, and the median of what is recorded. The ranges are small
# where the digits are many: the package walks through every bucket, in use or not.
LAYOUTS = [
    ("like-ours", 1, 3_600_000_000_000, 3, 20_000),
    ("two-digits", 1, 60_000_000, 2, 900),
    ("from-microseconds", 1_000, 3_600_000_000_000, 3, 2_000_000),
    ("one-digit-all-values", 1, 2**62, 1, 10**9),
    ("five-digits", 1, 200_000, 5, 900),
    ("power-of-two", 16, 10**6, 4, 30_000),
]


def figures(histogram):
    """What a histogram holds, as the package sees it."""
    return {
        "tag": histogram.get_tag(),
        "startMilliseconds": round(histogram.get_start_time_stamp()),
        "endMilliseconds": round(histogram.get_end_time_stamp()),
        "lowest": histogram.lowest_trackable_value,
        "highest": histogram.highest_trackable_value,
        "digits": histogram.significant_figures,
        "count": histogram.get_total_count(),
        "longest": histogram.get_max_value(),
        "mean": histogram.get_mean_value(),
        "deviation": histogram.get_stddev(),
        "percentiles": [histogram.get_value_at_percentile(p) for p in PERCENTILES],
        "counts": [
            [histogram.get_value_from_index(index), count]
            for index, count in enumerate(histogram.counts)
            if count
        ],
    }


def rows(path):
    """The histograms of a log, in its order."""
    reader = HistogramLogReader(path, HdrHistogram(1, 3_600_000_000_000, 3))
    while (histogram := reader.get_next_interval_histogram()) is not None:
        yield histogram


def write(path):
    """A log of every layout. The writer knows no tags, so they are put before its rows."""
    source = random.Random(7)
    with open(path, "w", encoding="utf-8") as file:
        writer = HistogramLogWriter(file)
        writer.output_comment("[Logged by hdrhistogram of Python]")
        writer.output_log_format_version()
        writer.output_comment("[StartTime: 1441812279.474 (seconds since epoch), a date]")
        writer.output_base_time(1_441_812_279_474)
        writer.output_legend()
        for place, (tag, lowest, highest, digits, median) in enumerate(LAYOUTS):
            histogram = HdrHistogram(lowest, highest, digits)
            # A multiple of 1,000, so that every percentile has a whole rank.
            for _ in range(2_000):
                value = int(median * source.lognormvariate(0, 0.7))
                assert histogram.record_value(min(value, highest))
            histogram.record_value(0, 1_000)
            file.write(f"Tag={tag},")
            writer.output_interval_histogram(histogram, place + 0.25, place + 1.5)


def distribution(histogram, ratio):
    """The percentile distribution as text."""
    text = io.BytesIO()
    histogram.output_percentile_distribution(text, ratio)
    return text.getvalue().decode()


def main(command, path, *rest):
    """Runs one command; its output is the test's input."""
    if command == "write":
        write(path)
    if command == "hgrm":
        found = [distribution(histogram, float(rest[0])) for histogram in rows(path)]
    else:
        found = [figures(histogram) for histogram in rows(path)]
    json.dump(found, sys.stdout)


main(*sys.argv[1:])
