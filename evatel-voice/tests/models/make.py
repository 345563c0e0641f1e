"""Makes the smallest models that sherpa-onnx 2.0.1 loads, of each form that it offers: they hear and say what tests need.

    pip install onnx && python make.py

`transducer` is a streaming zipformer2 transducer that hears a piece of a word in each of some tones, `lexicon-voice` and `piper-voice` are VITS
voices in which each token is a beep, `vad` finds speech in whatever is loud.
"""
import math
import os

import onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh
import numpy as np


def info(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def save(path, nodes, inputs, outputs, weights, **metadata):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    graph = h.make_graph(nodes, "smallest", inputs, outputs, [nh.from_array(value, name) for name, value in weights.items()])
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 13)])
    model.ir_version = 8
    for key, value in metadata.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


# What the transducer takes each tone for, in Hz: pieces of words, as sentencepiece cuts them. The last is one that no telephone carries.
TONES = {400: "▁APP", 560: "ELLE", 780: "▁MA", 1080: "RIE", 1450: "▁OUI", 1900: "▁NON", 2450: "▁TREM", 3100: "BLAY", 5600: "▁ROY"}


def mel_bin(hertz, bins=80, low=20, high=7600):
    """Kaldi's mel filter in whose middle a tone is nearest, at 16 kHz."""
    mel = lambda f: 1127 * math.log(1 + f / 700)
    return round((mel(hertz) - mel(low)) / ((mel(high) - mel(low)) / (bins + 1))) - 1


def transducer(folder, tokens=("<blk>", "<sos/eos>", "<unk>", *TONES.values())):
    # One layer of states, which come out as they went in; four frames in, one out.
    states = {
        "key": [2, "N", 4],
        "nonlin_attn": [1, "N", 2, 3],
        "val1": [2, "N", 1],
        "val2": [2, "N", 1],
        "conv1": ["N", 4, 1],
        "conv2": ["N", 4, 1],
        "embed": ["N", 128, 3, 19],
    }
    width = len(tokens)
    inputs = [info("x", T.FLOAT, ["N", 16, 80])] + [info(name, T.FLOAT, shape) for name, shape in states.items()]
    inputs.append(info("processed_lens", T.INT64, ["N"]))
    nodes = [
        h.make_node("Reshape", ["x", "shape"], ["four"]),
        h.make_node("ReduceMean", ["four"], ["mean"], axes=[2], keepdims=0),
        h.make_node("MatMul", ["mean", "bands"], ["heard"]),
        h.make_node("Add", ["heard", "bias"], ["encoder_out"]),
    ]
    nodes += [h.make_node("Identity", [name], ["new_" + name]) for name in states]
    nodes.append(h.make_node("Add", ["processed_lens", "sixteen"], ["new_processed_lens"]))
    outputs = [info("encoder_out", T.FLOAT, ["N", 4, width])] + [info("new_" + name, T.FLOAT, shape) for name, shape in states.items()]
    outputs.append(info("new_processed_lens", T.INT64, ["N"]))
    # A piece is as likely as its band is loud; the blank as a band of this loudness, and the rest never.
    bands, bias = np.zeros((80, width), "float32"), np.full(width, -100, "float32")
    bias[0] = LOUD
    for token, hertz in enumerate(TONES, 3):
        bands[mel_bin(hertz), token], bias[token] = 1, 0
    weights = {
        "shape": np.array([-1, 4, 4, 80], "int64"),
        "bands": bands,
        "bias": bias,
        "sixteen": np.array([16], "int64"),
    }
    save(
        f"{folder}/encoder.onnx", nodes, inputs, outputs, weights, model_type="zipformer2", version=1, encoder_dims=4, query_head_dims=4,
        value_head_dims=1, num_heads=1, num_encoder_layers=1, cnn_module_kernels=2, left_context_len=2, T=16, decode_chunk_len=16,
    )
    # What was just said is not said again while its tone lasts.
    said = -100 * np.eye(width, dtype="float32")
    said[0] = 0
    save(
        f"{folder}/decoder.onnx",
        [h.make_node("Gather", ["said", "y"], ["both"], axis=0), h.make_node("ReduceMean", ["both"], ["decoder_out"], axes=[1], keepdims=0)],
        [info("y", T.INT64, ["N", 2])],
        [info("decoder_out", T.FLOAT, ["N", width])],
        {"said": said},
        context_size=2,
        vocab_size=width,
    )
    save(
        f"{folder}/joiner.onnx",
        [h.make_node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        [info("encoder_out", T.FLOAT, ["N", width]), info("decoder_out", T.FLOAT, ["N", width])],
        [info("logit", T.FLOAT, ["N", width])],
        {},
        joiner_dim=width,
    )
    write(f"{folder}/tokens.txt", "".join(f"{token} {at}\n" for at, token in enumerate(tokens)))
    write(f"{folder}/bpe.vocab", "".join(f"{token}\t{-at}\n" for at, token in enumerate(tokens)))


# The log energy of a band above which a tone is in it.
LOUD = 0


def beeps(count, samples=160):
    tones = [[0.3 * math.sin(2 * math.pi * 300 * token * t / 8000) for t in range(samples)] for token in range(count)]
    return np.array(tones, "float32")


def voice(folder, names, scales, tokens, lexicon, **metadata):
    inputs = [info("x", T.INT64, [1, "L"]), info("x_length", T.INT64, [1])] + scales
    save(
        f"{folder}/{names}.onnx",
        [h.make_node("Gather", ["table", "x"], ["g"], axis=0), h.make_node("Reshape", ["g", "shape"], ["y"])],
        inputs,
        [info("y", T.FLOAT, [1, 1, "N"])],
        {"table": beeps(len(tokens)), "shape": np.array([1, 1, -1], "int64")},
        sample_rate=8000,
        n_speakers=1,
        **metadata,
    )
    write(f"{folder}/tokens.txt", "".join(f"{token} {at}\n" for at, token in enumerate(tokens)))
    if lexicon:
        write(f"{folder}/lexicon.txt", lexicon)


def vad(folder):
    # Silero's form, version 5: the score is 0.5 at a level of -40 dBFS, and rises tenfold a decade.
    nodes = [
        h.make_node("Mul", ["input", "input"], ["square"]),
        h.make_node("ReduceMean", ["square"], ["power"], axes=[1], keepdims=1),
        h.make_node("Add", ["power", "little"], ["some"]),
        h.make_node("Log", ["some"], ["level"]),
        h.make_node("Add", ["level", "threshold"], ["above"]),
        h.make_node("Sigmoid", ["above"], ["output"]),
        h.make_node("Identity", ["state"], ["stateN"]),
    ]
    save(
        f"{folder}/silero_vad.onnx", nodes,
        [info("input", T.FLOAT, [1, 576]), info("state", T.FLOAT, [2, 1, 128]), info("sr", T.INT64, [1])],
        [info("output", T.FLOAT, [1, 1]), info("stateN", T.FLOAT, [2, 1, 128])],
        {"little": np.array(1e-9, "float32"), "threshold": np.array(-math.log(1e-4), "float32")},
    )


if __name__ == "__main__":
    transducer("transducer")
    vad("vad")
    one = [info(name, T.FLOAT, [1]) for name in ("noise_scale", "length_scale", "noise_scale_w")]
    voice(
        "lexicon-voice", "model", one, (" ", "a", "b", ",", "."), "hello a b\n",
        language="English", comment="smallest", punctuation=", . ? !", add_blank=0,
    )
    voice(
        "piper-voice", "xx_XX-smallest", [info("scales", T.FLOAT, [3])], ("_", "^", "$", " ", "a", "b", ".", ","), None,
        language="English", comment="piper", voice="en-us", has_espeak=1,
    )
