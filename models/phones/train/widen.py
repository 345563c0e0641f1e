"""Starts a wider net from an exported model of two GRU layers: widen.py MODEL.onnx OUT.pt. Run by the Python that has onnx for the first
half (MODEL.onnx -> OUT.npz), by Debian's with torch for the second.

The known units keep their weights, new units feed nothing old and the outputs ignore them at first: the wide net says what the narrow one said.
"""

import sys

import numpy as np


def weights(path: str) -> dict[str, np.ndarray]:
    """The exported initialisers under the names of `net.Net`; ONNX orders a GRU's gates z, r, n and torch r, z, n."""
    import onnx

    found = {i.name: onnx.numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    swapped = lambda w: np.concatenate([np.split(w, 3)[k] for k in (1, 0, 2)])
    out = {k[4:]: v for k, v in found.items() if k.startswith("net.")}
    grus = sorted(k for k in found if "GRU" in k)
    for layer in range(len(grus) // 3):
        w, r, b = (found[k][0] for k in grus[3 * layer : 3 * layer + 3])
        out[f"gru.weight_ih_l{layer}"], out[f"gru.weight_hh_l{layer}"] = swapped(w), swapped(r)
        out[f"gru.bias_ih_l{layer}"], out[f"gru.bias_hh_l{layer}"] = (swapped(half) for half in np.split(b, 2))
    first, last = sorted(k for k in found if "MatMul" in k)
    return out | {"inp.weight": found[first].T, "out.weight": found[last].T}


def widen(known: dict[str, np.ndarray], target: str) -> None:
    import torch

    import lexicon
    from net import UNITS, Net

    torch.manual_seed(7)
    net, old = Net(len(lexicon.read_tokens())), len(known["inp.bias"])
    with torch.no_grad():
        for name, wide in net.state_dict().items():
            narrow = torch.tensor(known[name])
            if name.startswith("gru"):
                for gate in range(3):  # new units reach no old unit
                    rows = slice(gate * UNITS, gate * UNITS + old)
                    if wide.dim() == 2:
                        wide[rows] = 0
                        wide[rows, :old] = narrow[gate * old : (gate + 1) * old]
                    else:
                        wide[rows] = narrow[gate * old : (gate + 1) * old]
            elif name == "out.weight":
                wide.zero_()
                wide[:, :old] = narrow
            else:
                wide[: len(narrow)] = narrow
    torch.save(net.state_dict(), target)


if __name__ == "__main__":
    if sys.argv[1].endswith(".onnx"):
        np.savez(sys.argv[2], **weights(sys.argv[1]))
    else:
        widen(dict(np.load(sys.argv[1])), sys.argv[2])
