"""Makes onnx_mlp.onnx, onnx_conv.onnx, onnx_strange.onnx (an operator nobody has) and onnx_backbones.npz: inputs, and
outputs of named nodes computed by NumPy in f64 by the definitions.

onnx 1.23.2, NumPy 2.4.6: python tests/golden/onnx_backbones.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
random = np.random.default_rng(4)
arrays = {}


def weight(*shape):
    return (random.standard_normal(shape) / 2).astype(np.float32)


def write(name, nodes, weights, batch, example, outputs):
    inputs = helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, *example])
    out = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, ["n", outputs])
    held = [numpy_helper.from_array(value, key) for key, value in weights.items()]
    graph = helper.make_graph(nodes, name, [inputs], [out], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if name != "strange":
        onnx.checker.check_model(model)
    (HERE / f"onnx_{name}.onnx").write_bytes(model.SerializeToString())


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), [output], name=f"{output}_node", **attributes)


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# a perceptron with a dynamic batch; weights as PyTorch lays them out
w = {"w1": weight(5, 6), "b1": weight(5), "w2": weight(3, 5), "b2": weight(3)}
nodes = [
    node("Gemm", "x w1 b1", "scores", transB=1),
    node("Relu", "scores", "hidden"),
    node("Gemm", "hidden w2 b2", "logits", transB=1),
    node("Softmax", "logits", "probabilities", axis=1),
]
write("mlp", nodes, w, "n", [6], 3)
x = weight(7, 6)
hidden = np.maximum(x.astype(float) @ w["w1"].T + w["b1"], 0)
arrays |= {"mlp_input": x, "mlp_hidden": hidden}
arrays["mlp_probabilities"] = softmax(hidden @ w["w2"].T + w["b2"])

# a small image network that takes one image at a time
w = {"k": weight(4, 2, 3, 3), "b": weight(4), "w": weight(3, 4), "c": weight(3)}
nodes = [
    node("Conv", "x k b", "maps", strides=[2, 2], pads=[1, 1, 1, 1]),
    node("Relu", "maps", "lit"),
    node("GlobalAveragePool", "lit", "means"),
    node("Flatten", "means", "features"),
    node("Gemm", "features w c", "logits", transB=1),
]
write("conv", nodes, w, 1, [2, 6, 5], 3)
x = weight(5, 2, 6, 5)
padded = np.pad(x.astype(float), ((0, 0), (0, 0), (1, 1), (1, 1)))
maps = np.zeros((5, 4, 3, 3))
for i in range(3):
    for j in range(3):
        patch = padded[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        maps[:, :, i, j] = np.einsum("ncij,fcij->nf", patch, w["k"]) + w["b"]
lit = np.maximum(maps, 0)
features = lit.mean((2, 3))
arrays |= {"conv_input": x, "conv_lit": lit, "conv_features": features}
arrays["conv_logits"] = features @ w["w"].T + w["c"]

w = {"w1": weight(5, 6)}
nodes = [
    node("Gemm", "x w1", "scores", transB=1),
    node("Wobble", "scores", "wobbled"),
    node("Relu", "wobbled", "end"),
]
write("strange", nodes, w, "n", [6], 5)
np.savez(HERE / "onnx_backbones.npz", **arrays)
