"""Writes the net as sherpa-onnx's zipformer2_ctc form: export.py NET.pt OUT.onnx [PYTHON].

Weights are kept in 16 bits, which halves the file; onnxruntime makes them 32 bits once, as it loads them, and computes in 32.

That form carries many state tensors. Its attention key of shape (left context, batch, heads * size) holds the three GRU layers; the
others are passed through unused. sherpa takes inputs and outputs by their order.
"""

import subprocess
import sys

import torch

import lexicon
from net import LAYERS, MELS, UNITS, Net

CHUNK = 16  # frames of 10 ms
FINISH = """
import numpy, onnx, sys
from onnx import helper, numpy_helper
model = onnx.load(sys.argv[1])
large = [w for w in model.graph.initializer if w.data_type == onnx.TensorProto.FLOAT and len(w.raw_data) > 4096]
for weight in large:
    short = numpy_helper.from_array(numpy_helper.to_array(weight).astype(numpy.float16), weight.name + "_short")
    model.graph.initializer.remove(weight)
    model.graph.initializer.append(short)
    model.graph.node.insert(0, helper.make_node("Cast", [short.name], [weight.name], to=onnx.TensorProto.FLOAT))
for pair in sys.argv[2:]:
    entry = model.metadata_props.add()
    entry.key, entry.value = pair.split("=", 1)
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
"""


class Zipformer2Form(torch.nn.Module):
    def __init__(self, net: Net):
        super().__init__()
        self.net = net

    def forward(self, x, key, attention, value1, value2, conv1, conv2, embed, lengths):
        log_probs, key = self.net(x, key)
        return log_probs, key, attention + 0.0, value1 + 0.0, value2 + 0.0, conv1 + 0.0, conv2 + 0.0, embed + 0.0, lengths + CHUNK


def main() -> None:
    net = Net(len(lexicon.read_tokens()))
    net.load_state_dict(torch.load(sys.argv[1]))
    net.eval()
    zeros, n = torch.zeros, 2
    states = (
        zeros(LAYERS, n, UNITS), zeros(1, n, LAYERS, 3), zeros(LAYERS, n, 1), zeros(LAYERS, n, 1),
        zeros(n, 4, 1), zeros(n, 4, 1), zeros(n, 128, 3, 19), zeros(n, dtype=torch.int64),
    )
    names = ["cached_key_0", "cached_nonlin_attn_0", "cached_val1_0", "cached_val2_0", "cached_conv1_0", "cached_conv2_0"]
    names += ["embed_states", "processed_lens"]
    axes = {name: {1 if i < 4 else 0: "N"} for i, name in enumerate(names)}
    axes |= {f"new_{name}": axis for name, axis in axes.items()} | {"x": {0: "N"}, "log_probs": {0: "N"}}
    torch.onnx.export(
        Zipformer2Form(net).eval(), (zeros(n, CHUNK, MELS), *states), sys.argv[2], opset_version=13,
        input_names=["x", *names], output_names=["log_probs", *[f"new_{name}" for name in names]], dynamic_axes=axes,
    )
    metadata = {
        "model_type": "zipformer2", "encoder_dims": 4, "query_head_dims": UNITS, "value_head_dims": 1, "num_heads": 1,
        "num_encoder_layers": 1, "cnn_module_kernels": 2, "left_context_len": LAYERS, "T": CHUNK, "decode_chunk_len": CHUNK,
        "comment": "Evatel phones: a GRU in zipformer2_ctc form, trained on synthetic speech only",
    }
    # The onnx package lives in the evaluation environment, torch in Debian's Python.
    python = sys.argv[3] if len(sys.argv) > 3 else sys.executable
    subprocess.run([python, "-c", FINISH, sys.argv[2], *[f"{k}={v}" for k, v in metadata.items()]], check=True)


if __name__ == "__main__":
    main()
