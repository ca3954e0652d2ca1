"""The jobs of versus_pytorch in PyTorch, as fast as it is without a compiler: whole-tensor calls, CSR
matrices with stored transposes, the optimiser that was fastest. Arguments: a job, its data.

Reads lines "field steps" and answers each with one line {"seconds", "loss"}; "memory" with the peak
of resident memory in bytes. The weights begin anew with every line.
"""

import json
import resource
import sys
import time

import numpy
import torch
from torch import nn
from torch.autograd import Function
from torch.nn import functional

job, path = sys.argv[1:]
numbers = torch.from_numpy(numpy.fromfile(path, dtype="<f4"))
position = 0


def take(*shape):
    global position
    count = int(numpy.prod(shape))
    position += count
    return numbers[position - count:position].reshape(shape).clone()


def affine(inputs, outputs):
    return take(inputs, outputs).T.contiguous(), take(outputs)


class MonotoneLinear(Function):
    """ReLU(x·Wᵀ + b) whose weights get the signal without the derivative of the ReLU."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        y = functional.linear(x, weight, bias).relu_()
        ctx.save_for_backward(x, weight, y)
        return y

    @staticmethod
    def backward(ctx, signal):
        x, weight, y = ctx.saved_tensors
        below = (signal * (y > 0)) @ weight if ctx.needs_input_grad[0] else None
        return below, signal.T @ x, signal.sum(0)


class MonotoneConvolution(Function):
    @staticmethod
    def forward(ctx, x, weight, bias, padding):
        y = functional.conv2d(x, weight, bias, padding=padding).relu_()
        ctx.save_for_backward(x, weight, y)
        ctx.padding = padding
        return y

    @staticmethod
    def backward(ctx, signal):
        x, weight, y = ctx.saved_tensors
        arguments = [weight.shape[0]], [1, 1], [ctx.padding] * 2, [1, 1], False, [0, 0], 1
        convolution_backward = torch.ops.aten.convolution_backward
        below = None
        if ctx.needs_input_grad[0]:
            through = signal * (y > 0)
            below = convolution_backward(through, x, weight, *arguments, [True, False, False])[0]
        _, weights, bias = convolution_backward(signal, x, weight, *arguments, [False, True, True])
        return below, weights, bias, None


class Through(Function):
    """A sparse matrix times a dense one, with the stored transpose on the way back."""

    @staticmethod
    def forward(ctx, matrix, transpose, x):
        ctx.transpose = transpose
        return matrix @ x

    @staticmethod
    def backward(ctx, signal):
        return None, None, ctx.transpose @ signal


class MonotoneGraph(Function):
    """ReLU(A·X·W + b), likewise."""

    @staticmethod
    def forward(ctx, filter, adjoint, features, columns, weight, bias):
        y = (filter @ (features @ weight)).add_(bias).relu_()
        ctx.matrices = adjoint, columns
        return y

    @staticmethod
    def backward(ctx, signal):
        adjoint, columns = ctx.matrices
        return None, None, None, None, columns @ (adjoint @ signal), signal.sum(0)


class Batches:
    """The batches of a data set, one after the other, again and again."""

    def __init__(self, inputs, labels, size):
        self.batches = list(zip(inputs.split(size), labels.split(size)))

    def __getitem__(self, step):
        return self.batches[step % len(self.batches)]


def fc():
    layers = [affine(784, 512), affine(512, 512), affine(512, 10)]
    inputs, labels = take(1280, 784), take(1280).long()

    def forward(weights, monotone, x):
        for weight, bias in zip(weights[:-2:2], weights[1:-2:2]):
            linear = MonotoneLinear.apply if monotone else functional.linear
            x = linear(x, weight, bias)
            x = x if monotone else x.relu()
        return functional.linear(x, *weights[-2:])

    return layers, Batches(inputs, labels, 128), forward, 0.1


def cnn():
    def filters(size, inputs, outputs):
        weight = take(size, size, inputs, outputs).permute(3, 2, 0, 1).contiguous()
        return weight, take(outputs)

    layers = [filters(5, 1, 6), filters(5, 6, 16)]
    flat = take(5, 5, 16, 120).permute(3, 2, 0, 1).reshape(120, 400).contiguous()
    layers += [(flat, take(120)), affine(120, 84), affine(84, 10)]
    inputs, labels = take(1280, 1, 28, 28), take(1280).long()

    def forward(weights, monotone, x):
        for index, padding in enumerate([2, 0]):
            weight, bias = weights[2 * index:2 * index + 2]
            if monotone:
                x = MonotoneConvolution.apply(x, weight, bias, padding)
            else:
                x = functional.conv2d(x, weight, bias, padding=padding).relu()
            x = functional.max_pool2d(x, 2)
        x = x.flatten(1)
        for index in [4, 6]:
            weight, bias = weights[index:index + 2]
            if monotone:
                x = MonotoneLinear.apply(x, weight, bias)
            else:
                x = functional.linear(x, weight, bias).relu()
        return functional.linear(x, *weights[-2:])

    return layers, Batches(inputs, labels, 128), forward, 0.05


def gcn(hidden):
    nodes, features = 2708, 1433
    layers = [(take(features, hidden), take(hidden)), (take(hidden, 7), take(7))]

    def sparse(rows, columns):
        entries = take(int(take(1)), 3)
        index = entries[:, :2].long().T
        matrix = torch.sparse_coo_tensor(index, entries[:, 2], (rows, columns)).coalesce()
        return matrix.to_sparse_csr(), matrix.t().coalesce().to_sparse_csr()

    x, filter = sparse(nodes, features), sparse(nodes, nodes)
    kept, labels = take(140).long(), take(140).long()

    def forward(weights, monotone, _):
        first, bias, second, other = weights
        if monotone:
            h = MonotoneGraph.apply(*filter, *x, first, bias)
        else:
            h = (Through.apply(*filter, Through.apply(*x, first)) + bias).relu()
        return (Through.apply(*filter, h @ second) + other)[kept]

    return layers, Batches(torch.zeros(140), labels, 140), forward, 0.5


jobs = {"FC": fc, "CNN": cnn, "GCN-16": lambda: gcn(16), "GCN-64": lambda: gcn(64)}
layers, batches, forward, step = jobs[job]()
assert position == len(numbers), f"{job}: {position} of {len(numbers)} numbers were used"


def train(field, steps):
    weights = [nn.Parameter(value.clone()) for layer in layers for value in layer]
    optimiser = torch.optim.SGD(weights, lr=step)
    start = time.perf_counter()
    for index in range(steps):
        x, labels = batches[index]
        optimiser.zero_grad()
        loss = functional.cross_entropy(forward(weights, field == "monotone", x), labels)
        loss.backward()
        optimiser.step()
    seconds = time.perf_counter() - start
    with torch.no_grad():
        loss = functional.cross_entropy(forward(weights, False, x), labels)
    return {"seconds": seconds, "loss": loss.item()}


for line in sys.stdin:
    if line.strip() == "memory":
        answer = {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    else:
        field, steps = line.split()
        answer = train(field, int(steps))
    print(json.dumps(answer), flush=True)
