// Writes the toy models with eyes as GGUF pairs, with their pictures, for other programs such as llama.cpp:
//   node scripts/run.mjs scripts/oracle/eyesPairs.ts FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { picture } from '../../src/testing/eyes/checkpoint';
import { eyesGoldens } from '../../src/testing/eyes/goldens';
import { eyesPair } from '../../src/testing/eyes/models';
import { png } from '../../src/testing/eyes/png';
import { commandLine, runCommand } from '../commandLine';

const { positionals, refusal } = commandLine('node scripts/run.mjs scripts/oracle/eyesPairs.ts FOLDER', {});

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
