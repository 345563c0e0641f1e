#!/bin/bash
# Makes phones.onnx and confusions.tsv from nothing: run.sh WORK (see README.md for the packages). Seeds are fixed in the scripts.
set -euo pipefail
work=$(realpath -m "$1")
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
tools=$work/venv/bin/python  # numpy, soxr, kaldi-native-fbank, onnx, sherpa-onnx
torch=/usr/bin/python3       # Debian's python3-torch

"$tools" make_data.py "$work/data" train 990 991 400 # for the error rate during training
"$tools" make_data.py "$work/data" train 0 13
"$tools" make_data.py "$work/data" dev 0 1 600
"$tools" make_data.py "$work/data" dev 1 2 1200
"$tools" make_data.py "$work/data" test 0 1 600
"$torch" train.py "$work/data" 28 "$work/first.pt"
"$torch" train.py "$work/data" 41 "$work/second.pt" "$work/first.pt" 0.0015
"$torch" export.py "$work/second.pt" ../phones.onnx "$tools"
"$tools" confusions.py "$work/data" ../phones.onnx > "$work/confusions.tsv"
mv "$work/confusions.tsv" ../confusions.tsv
"$tools" evaluate.py "$work/data" ../phones.onnx 40 | tee "$work/figures.txt"
