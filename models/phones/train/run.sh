#!/bin/bash
# Makes phones.onnx and confusions.tsv in one night on two cores: run.sh WORK [FORMER.onnx]. README.md names the packages and says which
# parts of this made the published model. With FORMER.onnx (two GRU layers, at most as wide) the net starts from its weights.
set -euo pipefail
work=$(realpath -m "$1")
former=${2:+$(realpath "$2")}
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
tools=$work/venv/bin/python  # numpy, soxr, soundfile, kaldi-native-fbank, onnx, sherpa-onnx, num2words, G722, py-nanotts, hibari-tts
torch=/usr/bin/python3       # Debian's python3-torch
shards=${SHARDS:-16} minutes=${MINUTES:-300}

"$tools" make_data.py "$work/data" dev 0 1 700          # confusions are counted here
"$tools" make_data.py "$work/data" train 990 991 500    # the error rate during training
"$tools" make_data.py "$work/data" train 0 "$shards"
"$tools" make_test.py "$work/data"
start=-
if [[ -n $former ]]; then
  "$tools" widen.py "$former" "$work/former.npz"
  "$torch" widen.py "$work/former.npz" "$work/wide.pt"
  start=$work/wide.pt
fi
"$torch" train.py "$work/data" "$minutes" "$work/net.pt" "$start" 0.002
"$torch" export.py "$work/net.pt" ../phones.onnx "$tools"
"$tools" confusions.py "$work/data" ../phones.onnx > "$work/confusions.tsv"
mv "$work/confusions.tsv" ../confusions.tsv
"$tools" listen.py "$work/data" ../phones.onnx "$work/heard.jsonl"
"$tools" evaluate.py "$work/heard.jsonl" ../accuracy.tsv
"$tools" calibration.py "$work/heard.jsonl" ../calibration.svg ../calibration.tsv
