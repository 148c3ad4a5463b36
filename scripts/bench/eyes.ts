// npm run bench:eyes -- [--size 1024x768] [--ocr] [--layers N]: the tower of GLM-4.1V and 4.6V, or of GLM-OCR, over Dawn.
import { openGpu } from '../../src/gpu/device';
import { EYES_9B, EYES_OCR } from '../../src/model/eyes/variants';
import { openDawn } from '../cli/dawn';
import { commandLine, runCommand } from '../commandLine';
import { timeTower } from './eyesTower';

const { values, refusal } = commandLine('npm run bench:eyes -- [--size 1024x768] [--ocr] [--layers N]', {
  size: { type: 'string' },
  ocr: { type: 'boolean' },
  layers: { type: 'string' },
});

await runCommand(async () => {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(values.size ?? '1024x768') ?? [];
  if (!width) throw refusal('--size wants WIDTHxHEIGHT');
  const gpu = await openGpu(await openDawn());
  const picture = { width: Number(width), height: Number(height) };
  const published = values.ocr ? EYES_OCR : EYES_9B;
  const lines = await timeTower(gpu, { published, picture, layers: Number(values.layers ?? 1) });
  process.stdout.write(`${lines.join('\n')}\n`);
  gpu.destroy();
});
