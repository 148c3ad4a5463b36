"""Adds the measurements of runs/toolcaller/log.jsonl to history.tsv, which outlives the runs, and draws loss.svg."""
import csv
import json

import matplotlib

matplotlib.use('svg')
matplotlib.rcParams['svg.fonttype'] = 'none'
import matplotlib.pyplot as plt

from data import HERE
from mix import SKILLS
from toolcaller.score_tools import COPY_BUCKETS

TABLE = HERE / 'toolcaller/history.tsv'
LEARNT = SKILLS[:-1]
COPIES = [f'{low}-{high}' for low, high in COPY_BUCKETS]


def measured(path):
    """Rows of the log's measurements: losses in nats per token, then shares of whole texts and of copied strings."""
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if 'texts' in row:
            yield {'step': row['step'], 'tokens': row['tokens'], **{f'loss {k}': row['loss'].get(k) for k in LEARNT},
                   **{f'whole {k}': row['texts'].get(k) for k in LEARNT}, **{f'copy {k}': row['copies'][k] for k in COPIES}}


def main():
    rows = {}
    if TABLE.exists():
        with open(TABLE, newline='') as file:
            rows = {int(r['step']): r for r in csv.DictReader(file, delimiter='\t')}
    rows.update((r['step'], r) for r in measured(HERE / 'runs/toolcaller/log.jsonl'))
    rows = [rows[step] for step in sorted(rows)]
    with open(TABLE, 'w', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter='\t', lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)

    tokens = [int(r['tokens']) / 1e6 for r in rows]
    _, (losses, copies) = plt.subplots(1, 2, figsize=(10, 4))
    for name in LEARNT:
        losses.plot(tokens, [float(r[f'loss {name}']) for r in rows], label=name)
    for name in COPIES:
        copies.plot(tokens, [100 * float(r[f'copy {name}']) for r in rows], label=f'{name} characters')
    losses.set(xlabel='million tokens', ylabel='nats per token', yscale='log')
    copies.set(xlabel='million tokens', ylabel='random strings copied, %', ylim=(0, 100))
    for axes in (losses, copies):
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3, which='both')
    plt.tight_layout()
    plt.savefig(HERE / 'toolcaller/loss.svg')


if __name__ == '__main__':
    main()
