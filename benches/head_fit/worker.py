"""One solver of scikit-learn on one problem: says "ready", fits, and answers one line of JSON.

worker.py FEATURES LABELS COLUMNS LAMBDA SOLVER TOLERANCE
worker.py FEATURES LABELS COLUMNS LAMBDA score WEIGHTS      (ours, feature-major, float32)

The features are float32, row after row, and end with a column of ones: the bias is penalised.
"""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

features, labels, columns, precision, solver, last = sys.argv[1:]
columns, precision = int(columns), float(precision)
X = np.fromfile(features, np.float32).reshape(-1, columns)
y = np.fromfile(labels, np.uint8)


def objective(weights):
    """Of weights (columns, classes), in float64."""
    total = 0.0
    for first in range(0, len(X), 8192):
        rows = slice(first, first + 8192)
        scores = X[rows].astype(np.float64) @ weights
        top = scores.max(1)
        total += np.log(np.exp(scores - top[:, None]).sum(1)).sum() + top.sum()
        total -= scores[np.arange(len(scores)), y[rows]].sum()
    return total + precision / 2 * (weights**2).sum()


if solver == "score":
    weights = np.fromfile(last, np.float32).reshape(columns, -1).astype(np.float64)
    print(json.dumps({"seconds": 0.0, "objective": objective(weights)}))
    sys.exit()

warnings.simplefilter("ignore")
model = LogisticRegression(
    C=1 / precision, fit_intercept=False, solver=solver, tol=float(last), max_iter=100_000, random_state=0
)
print("ready", flush=True)
start = time.perf_counter()
model.fit(X, y)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "objective": objective(model.coef_.T.astype(np.float64))}))
