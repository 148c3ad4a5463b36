// Writes the toy models with eyes as GGUF pairs, with their pictures, for other programs such as llama.cpp:
//   node scripts/run.mjs scripts/oracle/eyesPairs.ts FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { picture } from '../../src/testing/eyes/checkpoint';
import { eyesGoldens } from '../../src/testing/eyes/goldens';
import { eyesPair } from '../../src/testing/eyes/models';
import { commandLine, runCommand } from '../commandLine';

const { positionals, refusal } = commandLine('node scripts/run.mjs scripts/oracle/eyesPairs.ts FOLDER', {});

/** A PNG of RGB pixels: one IDAT, no filter. */
function png({ width, height, data }: ReturnType<typeof picture>): Uint8Array {
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++)
    rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (1 + width * 3) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

await runCommand(() => {
  const [folder] = positionals;
  if (!folder) throw refusal('the folder is missing');
  mkdirSync(folder, { recursive: true });
  for (const { name, pictures } of eyesGoldens()) {
    const { text, eyes } = eyesPair(name);
    writeFileSync(path.join(folder, `${name}.gguf`), text);
    writeFileSync(path.join(folder, `mmproj-${name}.gguf`), eyes);
    pictures.forEach((one, i) => writeFileSync(path.join(folder, `${name}-${i}.png`), png(picture(one))));
  }
  return Promise.resolve();
});
