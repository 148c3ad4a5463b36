// `glm index` and `glm find` over real files, without a model and without a browser.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agentPart, withKnowledge } from '../../scripts/cli/knowledge/agentFile';
import { findInAgent, indexFiles } from '../../scripts/cli/knowledge/commands';
import { writeAgent } from './agentFile/agentFile';
import { emptyCard } from './agentFile/card';
import { makeBase } from './base';

let folder: string;
let printed: { stdout: string; stderr: string };
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'knowledge-'));
  printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((text) => ((printed[name] += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const found = async (file: string, question: string) => {
  printed.stdout = '';
  await findInAgent(file, question, 5);
  return printed.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { file: string; page?: number; score: number; text: string }); // prettier-ignore
};

test('indexes every kind of file, names what it cannot read, and finds passages with their pages', async () => {
  const out = path.join(folder, 'x.glmagent');
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  // 保修期三十六个月 in GBK
  const gbk = put('gbk.txt', Buffer.from('b1a3d0dec6dac8fdcaaec1f9b8f6d4c2', 'hex'));
  const page = put('page.html', '<script>x</script><h1>Opening hours</h1><p>We open at nine.');
  const broken = put('broken.pdf', '%PDF-1.4 nothing');
  const files = ['plan.docx', 'two-pages.pdf', 'locked.pdf', 'scan.pdf'].map((name) => `e2e/files/${name}`);
  await indexFiles([...files, gbk, page, broken, 'none.txt'], out);
  const lines = printed.stderr.split('\n');
  for (const [name, code] of [
    ['locked.pdf', 'document-locked'],
    ['scan.pdf', 'document-scanned'],
    ['broken.pdf', 'document-damaged'],
    ['none.txt', 'file-unreadable'],
  ])
    // prettier-ignore
    expect(lines.find((line) => line.startsWith(`${name}: `))).toContain(code);
  expect(JSON.parse(printed.stdout)).toMatchObject({ leftOut: 4, files: { length: 4 } });

  expect((await found(out, '收入增长了多少？'))[0]).toMatchObject({ file: 'two-pages.pdf', page: 2 });
  expect((await found(out, 'revenue growth'))[0]).toMatchObject({ file: 'two-pages.pdf', page: 1 });
  expect((await found(out, '保修期多长'))[0]).toMatchObject({ file: 'gbk.txt', text: '保修期三十六个月' });
  expect((await found(out, 'What are the opening hours?'))[0].text).toBe('Opening hours\nWe open at nine.');
  const scores = (await found(out, 'GPU cost 保修')).map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

test('nothing readable: no file is written, and an old one stays', async () => {
  const out = path.join(folder, 'x.glmagent');
  writeFileSync(out, 'old');
  await expect(indexFiles(['none.txt'], out)).rejects.toMatchObject({ code: 'agent-empty' });
  expect(readFileSync(out, 'utf8')).toBe('old');
  await expect(findInAgent(out, 'x', 5)).rejects.toMatchObject({ code: 'agent-unknown' });
});

test('an agent brings instructions, tools and sampling; a small base stands in the system turn, passages in the questions', async () => {
  const out = path.join(folder, 'x.glmagent');
  const base = makeBase([
    { name: 'a.md', document: { kind: 'markdown', text: 'The warranty lasts 36 months.' } },
  ]);
  const card = {
    ...emptyCard('A'),
    instructions: 'Be brief.',
    tools: ['python'],
    sampling: { top_p: 0.5, temperature: 9 },
  };
  writeFileSync(out, writeAgent({ card, knowledge: base }));
  const part = agentPart(out);
  expect(part).toMatchObject({ tools: ['python'], functions: [], sampling: { topP: 0.5 } });
  const run = { system: 'Speak English.', prompts: ['How long is the warranty?'] };
  const small = await withKnowledge(part, { ...run, contextTokens: 4096 });
  expect(small.system).toMatch(/^Be brief.\n\nSpeak English.\n\n\[File Name\]\na.md/);
  expect(small.known).toEqual([{ text: run.prompts[0], passages: [] }]);
  const large = await withKnowledge(part, { ...run, contextTokens: 10 });
  expect(large.system).toBe('Be brief.\n\nSpeak English.');
  expect(large.known[0].text).toMatch(/36 months.\n\n\nHow long is the warranty\?$/);
  expect(large.known[0].passages).toMatchObject([{ file: 'a.md' }]);
});
