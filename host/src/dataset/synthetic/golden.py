"""Draws of NumPy's legacy generator that published figures depend on. Run: python golden.py (NumPy 2.4.6)."""

import pathlib

import numpy

HERE = pathlib.Path(__file__).parent

# The probit experiment: beta ~ N(-.05, 1)^p, then b ~ N(-.1, 1), from seed 1, for p up to 200.
numbers = numpy.random.RandomState(1).normal(size=201)
lines = ["standard normals of numpy.random.RandomState(1)"] + [repr(float(number)) for number in numbers]
(HERE / "probit.csv").write_text("\n".join(lines) + "\n")
