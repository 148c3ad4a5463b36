# Trains, exports and scores in one go on a machine with a GPU. OUT is the folder of the results (files under 16 MB).
# Usage: OUT=FOLDER bash toolcaller/gpu_run.sh SECONDS [arguments of train.py]; scoring takes about a minute more.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONUNBUFFERED=1
seconds=$1; shift
python3 -m toolcaller.train --out /tmp/nano-run --seconds "$seconds" "$@" 2>&1 | tee "$OUT/train.log"
cp /tmp/nano-run/log.jsonl "$OUT/"
python3 -m toolcaller.export_gguf --checkpoint /tmp/nano-run/last.pt --out "$OUT/nano.gguf"
python3 -m toolcaller.score_tools --model "$OUT/nano.gguf" --json "$OUT/tools.json" > "$OUT/tools.txt" 2>&1 || true
python3 -m toolcaller.score_chat --model "$OUT/nano.gguf" --json "$OUT/chat.json" > "$OUT/chat.txt" 2>&1 || true
cat "$OUT/tools.txt" "$OUT/chat.txt"
python3 - <<'P'  # the averaged weights in half precision, in two files, to go on from
import os, torch
saved = torch.load('/tmp/nano-run/last.pt', map_location='cpu')
names = list(saved['average'])
for i, part in enumerate((names[:len(names) // 2], names[len(names) // 2:])):
    torch.save({'config': saved['config'], 'step': saved['step'], 'average': {k: saved['average'][k].half() for k in part}}, f"{os.environ['OUT']}/average{i}.pt")
P
