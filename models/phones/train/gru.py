"""A GRU whose products run in bfloat16 while everything it keeps is float32: three times as fast as torch's on one core.

Debian's torch hands bfloat16 products to oneDNN, which on processors with AMX or AVX-512 BF16 is six times as fast as OpenBLAS in float32;
gru.c does the rest of a step in one pass. Weights have the names and shapes of `torch.nn.GRU`: exporting and decoding use that one.
"""

import ctypes
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor


class FastGRU(torch.nn.GRU):
    """`torch.nn.GRU(units, units, layers, batch_first=True)`; while training on a CPU the first state must be zeros and is given back as it came."""

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        if x.is_cuda or not self.training:
            return super().forward(x, state)
        x = x.transpose(0, 1).contiguous()
        for k in range(self.num_layers):
            x = Layer.apply(x, *(getattr(self, f"{name}_l{k}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
        return x.transpose(0, 1), state


class Layer(torch.autograd.Function):
    """One layer over (time, batch, units)."""

    @staticmethod
    def forward(ctx, x, w_in, w_state, b_in, b_state):
        steps, batch, units = x.shape[0], x.shape[1], w_state.shape[1]
        short_x = x.reshape(steps * batch, -1).bfloat16()
        fed = torch.mm(short_x, w_in.bfloat16().t()).view(steps, batch, 3 * units)
        bias = torch.cat([b_in[: 2 * units] + b_state[: 2 * units], b_in[2 * units :], b_state[2 * units :]])
        w = w_state.bfloat16().t().contiguous()
        gates, inner, news = torch.empty(steps, batch, 2 * units), torch.empty(steps, batch, units), torch.empty(steps, batch, units)
        states, short = torch.zeros(steps + 1, batch, units), torch.zeros(steps + 1, batch, units, dtype=torch.bfloat16)
        sent = torch.empty(batch, 3 * units, dtype=torch.bfloat16)
        for t in range(steps):
            torch.mm(short[t], w, out=sent)
            kernel().step(batch, units, *at(fed, t), *at(sent), *at(bias), *at(states, t), *at(gates, t), *at(inner, t), *at(news, t),
                          *at(states, t + 1), *at(short, t + 1))
        ctx.save_for_backward(short_x, w_in, w_state, gates, inner, news, states, short)
        return states[1:]

    @staticmethod
    def backward(ctx, grad):
        short_x, w_in, w_state, gates, inner, news, states, short = ctx.saved_tensors
        steps, batch, units = inner.shape
        grad, w = grad.contiguous(), w_state.bfloat16()
        dh, sent = torch.zeros(batch, units), torch.zeros(batch, units, dtype=torch.bfloat16)
        input_side, state_side = (torch.empty(steps, batch, 3 * units, dtype=torch.bfloat16) for _ in range(2))
        b_in, b_state = torch.zeros(3 * units), torch.zeros(3 * units)
        for t in range(steps - 1, -1, -1):
            kernel().step_back(batch, units, *at(grad, t), *at(sent), *at(states, t), *at(gates, t), *at(inner, t), *at(news, t), *at(dh),
                               *at(input_side, t), *at(state_side, t), *at(b_in), *at(b_state))
            torch.mm(state_side[t], w, out=sent)
        b_state[: 2 * units] = b_in[: 2 * units]
        flat = lambda x: x.view(steps * batch, -1)
        dx = torch.mm(flat(input_side), w_in.bfloat16()).float().view(steps, batch, -1)
        dw_in = torch.mm(flat(input_side).t(), short_x).float()
        dw_state = torch.mm(flat(state_side).t(), flat(short[:-1])).float()
        return dx, dw_in, dw_state, b_in, b_state


def at(x: Tensor, step: int = 0) -> tuple[ctypes.c_void_p]:
    """The address of a dense tensor's `step`th slice (of the whole tensor: 0)."""
    size = x.stride(0) * x.element_size() if step else 0
    return (ctypes.c_void_p(x.data_ptr() + step * size),)


@lru_cache
def kernel() -> ctypes.CDLL:
    """gru.c compiled for this processor."""
    library = Path(tempfile.mkdtemp()) / "gru.so"
    source = Path(__file__).with_name("gru.c")
    subprocess.run(["gcc", "-Ofast", "-march=native", "-mprefer-vector-width=512", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
    return ctypes.CDLL(str(library))
