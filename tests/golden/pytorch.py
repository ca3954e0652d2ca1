"""Makes pytorch.safetensors: for a perceptron, LeNet with batch normalisation, a graph network on a
directed graph and an autoencoder with spectral normalisation the weights, a batch, its loss and its gradient, all computed by PyTorch in f64.

PyTorch 2.15.0: python tests/golden/pytorch.py
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
tensors = {}


def keep(name, model, forward, inputs, labels):
    for key, value in model.named_buffers():
        if key.endswith(("._u", "._v")):
            tensors[f"{name}.weight.{key}"] = value.clone()
    loss = functional.cross_entropy(forward(inputs), labels)
    loss.backward()
    tensors[f"{name}.input"] = inputs
    tensors[f"{name}.label"] = labels.double()
    tensors[f"{name}.loss"] = loss.detach().reshape(1)
    for key, value in model.named_parameters():
        tensors[f"{name}.weight.{key}"] = value.detach()
        tensors[f"{name}.gradient.{key}"] = value.grad
    for key, value in model.named_buffers():
        if "running" in key:
            tensors[f"{name}.weight.{key}"] = value


class Filter(nn.Module):
    """PyG's GCNConv: names, filter, bias after the filter."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin = nn.Linear(inputs, outputs, bias=False)
        self.bias = nn.Parameter(torch.randn(outputs) / 4)

    def forward(self, x, edges):
        nodes = x.shape[-2]
        pairs = edges + [(node, node) for node in range(nodes)]
        degree = torch.zeros(nodes)
        for _, target in pairs:
            degree[target] += 1
        matrix = torch.zeros(nodes, nodes)
        for source, target in pairs:
            matrix[target, source] += (degree[source] * degree[target]) ** -0.5
        return matrix @ self.lin(x) + self.bias


perceptron = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
keep("mlp", perceptron, perceptron, torch.randn(7, 6), torch.arange(7) % 3)

lenet = nn.Sequential(
    nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
    nn.Flatten(), nn.Linear(4 * 2 * 2, 5), nn.ReLU(), nn.Linear(5, 3),
)
with torch.no_grad():
    lenet[1].weight.uniform_(0.5, 2)
    lenet[5].bias.uniform_(-1, 1)
keep("cnn", lenet, lenet, torch.randn(6, 2, 8, 8), torch.arange(6) % 3)

graph = nn.ModuleDict({"conv1": Filter(4, 6), "conv2": Filter(6, 3)})
edges = [(0, 1), (0, 3), (1, 2), (2, 4), (3, 4), (1, 4)]


def two_layers(x):
    return graph["conv2"](graph["conv1"](x, edges).relu(), edges).flatten(0, 1)


keep("gcn", graph, two_layers, torch.randn(2, 5, 4), torch.arange(10) % 3)

coder = nn.Sequential(
    spectral_norm(nn.Conv2d(2, 3, 3, stride=2, padding=1)), nn.ReLU(),
    nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1), nn.Tanh(), nn.ConvTranspose2d(2, 2, 2),
    nn.Flatten(), spectral_norm(nn.Linear(2 * 6 * 6, 3)),
)
keep("coder", coder, coder, torch.randn(5, 2, 6, 6), torch.arange(5) % 3)

tensors = {name: value.double().contiguous() for name, value in tensors.items()}
save_file(tensors, Path(__file__).with_suffix(".safetensors"))
