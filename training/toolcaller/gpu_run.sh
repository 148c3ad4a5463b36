# Trains, exports and scores in one go on a machine with a GPU. OUT is the folder of the results (files under 16 MB).
# Usage: OUT=FOLDER bash toolcaller/gpu_run.sh SECONDS [arguments of train.py]: so long at full learning rate, then a
# quarter of that for the cool-down, and about a minute for the scores.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONUNBUFFERED=1
seconds=$1; shift
run=/tmp/nano-run
train() { python3 -m toolcaller.train --out $run --layers 8 --tokens 32768 --average 0.995 --workers $(($(nproc) - 1)) "$@" 2>&1 | tee -a "$OUT/train.log"; }
train --seconds "$seconds" "$@"
train --cooldown 0.25 "$@"
cp $run/log.jsonl "$OUT/"
python3 -m toolcaller.export_gguf --raw --checkpoint $run/last.pt --out "$OUT/checkpoint.gguf"
python3 -m toolcaller.export_gguf --checkpoint $run/cooled.pt --out "$OUT/nano.gguf"
python3 -m toolcaller.score_tools --model "$OUT/nano.gguf" --json "$OUT/tools.json" > "$OUT/tools.txt" 2>&1 || true
python3 -m toolcaller.score_chat --model "$OUT/nano.gguf" --json "$OUT/chat.json" > "$OUT/chat.txt" 2>&1 || true
cat "$OUT/tools.txt" "$OUT/chat.txt"
