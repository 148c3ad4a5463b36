"""Draw runs/NAME/log.jsonl as loss.svg."""
import json
import sys

import matplotlib

matplotlib.use('svg')
import matplotlib.pyplot as plt

from data import HERE

WINDOW = 9  # points of the running mean: batches of different row lengths differ in loss

rows = {}
for line in (HERE / 'runs' / sys.argv[1] / 'log.jsonl').read_text().splitlines():
    row = json.loads(line)
    rows[row['step']] = row  # a resumed run may log a step twice; the later one counts
rows = [rows[s] for s in sorted(rows)]
steps, losses = [r['step'] for r in rows], [r['loss'] for r in rows]
mean = [sum(part) / len(part) for part in (losses[max(0, i - WINDOW + 1):i + 1] for i in range(len(losses)))]
plt.figure(figsize=(8, 4))
plt.plot(steps, losses, '.', markersize=3, alpha=0.35, label='one batch')
plt.plot(steps, mean, label=f'mean of {WINDOW} logged batches')
plt.yscale('log')
plt.xlabel('step')
plt.ylabel('cross-entropy, nats per token')
plt.legend()
plt.grid(alpha=0.3, which='both')
plt.tight_layout()
plt.savefig(HERE / 'loss.svg')
