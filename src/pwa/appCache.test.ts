import { describe, expect, test } from 'vitest';
import { answerFor, appFiles } from './appCache';

const scope = 'https://host.example/some/path/';
const app = appFiles(
  [
    { path: 'index.html', immutable: false, atInstall: true },
    { path: 'assets/index-1a2b.js', immutable: true, atInstall: true },
    { path: 'assets/pdf-3c4d.js', immutable: true, atInstall: false },
  ],
  scope,
);
const at = (path: string) => new URL(path, scope);

describe('the files of the app', () => {
  test('lists the files fetched at installation', () => {
    expect(app.atInstall).toEqual([
      { url: `${scope}index.html`, immutable: false },
      { url: `${scope}assets/index-1a2b.js`, immutable: true },
    ]);
  });

  test('every URL of the app is the one page, other URLs are not', () => {
    for (const address of ['./', './index.html', './?action=new', './#/chat/1', './?text=a']) {
      expect(app.page(at(address))).toBe(`${scope}index.html`);
    }
    expect(app.page(at('../'))).toBeUndefined();
    expect(app.page(at('./models/nano.gguf'))).toBeUndefined();
    expect(app.page(new URL('https://other.example/some/path/'))).toBeUndefined();
  });

  test('matches files of the app, including lazy ones, but never a model', () => {
    expect(app.file(at('assets/pdf-3c4d.js'))).toBe(`${scope}assets/pdf-3c4d.js`);
    expect(app.file(at('models/nano.gguf?v=1'))).toBeUndefined();
    expect(app.file(at('assets/index-9z9z.js'))).toBeUndefined();
  });
});

test('adds isolation headers and changes nothing else', async () => {
  const answer = answerFor(
    new Response('body', { status: 200, headers: { 'content-type': 'text/javascript', etag: '"1"' } }),
  );
  expect(answer.headers.get('content-type')).toBe('text/javascript');
  expect(answer.headers.get('etag')).toBe('"1"');
  expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(answer.headers.get('cross-origin-embedder-policy')).toBe('credentialless');
  expect(await answer.text()).toBe('body');
});
