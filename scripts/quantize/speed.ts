// Measures how fast one core quantises BF16 weights, in tiles of GLM-4's width, by CPU time.
// See README.md here.
import { packRows } from '../../src/weights/pack/packer';
import { tileBytes, TILE_ROWS } from '../../src/shared/weightLayout';
import { seeded } from '../../src/testing/random';
import { randomBlocks } from '../../src/testing/randomWeights';

const COLS = 4096;
const REPEATS = 200;

const bytes = randomBlocks('BF16', TILE_ROWS * COLS, 0.02, seeded(1));
const tile = new Uint8Array(tileBytes('q4', COLS));
const times: number[] = [];
for (let i = 0; i < REPEATS; i++) {
  const started = process.cpuUsage();
  packRows(
    { tensor: 'w', type: 'BF16', bytes, offset: 0, numRows: TILE_ROWS, firstRow: 0 },
    'q4',
    COLS,
    tile,
  );
  const { user, system } = process.cpuUsage(started); // microseconds
  times.push(user + system);
}
times.sort((a, b) => a - b);
const [best, median] = [times[0], times[REPEATS / 2]].map((us) => (bytes.length / us).toFixed(0));
console.log(`BF16 to INT4, a core: ${best} MB/s at best, ${median} MB/s in the median of ${REPEATS} tiles`);
