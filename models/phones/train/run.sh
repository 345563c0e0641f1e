#!/bin/bash
# Makes phones.onnx, confusions.tsv and the measurements: run.sh WORK, with what README.md installs there. One night on two cores, less with
# a CUDA device.
set -euo pipefail
work=$(realpath -m "$1")
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 RHVOICE=$work/rhvoice/out
tools=$work/venv/bin/python  # numpy, soxr, soundfile, kaldi-native-fbank, onnx, sherpa-onnx, num2words, G722, py-nanotts, hibari-tts
torch=/usr/bin/python3       # Debian's python3-torch
shards=${SHARDS:-16} minutes=${MINUTES:-300}

x86_64-w64-mingw32-gcc -O2 -o "$work/rhvoice/rhvoice.exe" rhvoice.c
"$tools" rhvoice_corpus.py "$work/rhvoice" "$RHVOICE" 0 21
"$tools" make_data.py "$work/data" dev 1 2 3000         # confusions are counted here
"$tools" make_data.py "$work/data" dev 2 3 5000
"$tools" make_data.py "$work/data" train 990 991 500    # the error rate during training
"$tools" make_data.py "$work/data" train 0 "$shards"
"$tools" make_test.py "$work/data"
mkdir -p "$work/second"
"$tools" make_test.py "$work/second" second
"$torch" train.py "$work/data" "$minutes" "$work/net.pt"
"$torch" export.py "$work/net.pt" ../phones.onnx "$tools"
"$tools" confusions.py "$work/data" ../phones.onnx > "$work/confusions.tsv"
mv "$work/confusions.tsv" ../confusions.tsv
"$tools" listen.py "$work/data" ../phones.onnx "$work/heard.jsonl"
"$tools" evaluate.py "$work/heard.jsonl" ../accuracy.tsv
"$tools" listen.py "$work/second" ../phones.onnx "$work/second/heard.jsonl"
"$tools" evaluate.py "$work/second/heard.jsonl" ../accuracy-second.tsv
"$tools" distances.py ../distances.tsv
"$tools" calibration.py "$work/heard.jsonl" ../calibration.svg ../calibration.tsv
"$tools" bilingual.py hear ../phones.onnx "$work/bilingual.jsonl"
"$tools" bilingual.py score "$work/heard.jsonl" "$work/bilingual.jsonl" ../bilingual.tsv
