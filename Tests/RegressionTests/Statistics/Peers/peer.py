"""SciPy's rank-sum test of the samples in R.csv: python3 peer.py < R.csv > SciPy.csv"""

import csv
import sys

from scipy.stats import mannwhitneyu

samples = {}
print("set,name,at,value")
for row in csv.DictReader(sys.stdin):
    name, sample = row["name"], samples.setdefault(row["set"], {})
    if name in ("baseline", "candidate"):
        sample.setdefault(name, []).append(float(row["value"]))
        print(row["set"], name, "", row["value"], sep=",")
    elif name in ("above", "below"):
        moved = [value - float(row["at"]) for value in sample["candidate"]]
        side = "greater" if name == "above" else "less"
        p = mannwhitneyu(moved, sample["baseline"], alternative=side, method="exact").pvalue
        print(row["set"], name, row["at"], repr(float(p)), sep=",")
