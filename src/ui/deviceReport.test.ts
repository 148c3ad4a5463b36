// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { AppError, toWireError } from '../shared/errors';
import { deviceReport } from './deviceReport';
import { lastErrors, noteError } from './errorLog';

type State = Parameters<typeof deviceReport>[0];

const state = {
  bench: {
    reports: [],
    progress: null,
    error: null,
    check: {
      kernels: [
        { kernel: 'argmax', right: true, difference: 0, allowed: 0 },
        { kernel: 'embed_q4', right: false, difference: Infinity, allowed: 0.1 },
      ],
      total: 9,
      running: false,
      ended: null,
    },
  },
  catalogue: {
    device: {
      ...{ vendor: 'acme', architecture: 'one', description: '', software: false, features: ['subgroups'] },
      limits: { maxBufferSize: 1024 },
      kernels: 'f32',
    },
    probe: null,
    measured: {},
  },
  model: { info: null, status: 'failed', loadMs: null },
} as unknown as State;

test('a report names adapter, limits, checks and the last errors, and nothing that a user wrote', async () => {
  noteError(toWireError(new AppError('kernel-wrong', 'acme computes embed_q4 wrongly')));
  noteError(toWireError(new AppError('document-locked', 'diary.pdf is locked', { name: 'diary.pdf' })));
  noteError(toWireError(new AppError('server-key', 'refused', { url: 'https://me.example' })));
  noteError(toWireError(new SyntaxError('Unexpected token in "Dear diary"')));
  const text = await deviceReport(state);
  for (const part of [
    'acme one',
    'features: subgroups',
    'maxBufferSize: 1024',
    '2 of 9 kernels checked, 1 wrong, not finished',
    'embed_q4: WRONG (Infinity of 0.10)',
    'argmax: right',
    'kernel-wrong acme computes embed_q4 wrongly',
    'document-locked',
    'server-key',
    navigator.userAgent,
  ])
    expect(text).toContain(part);
  expect(text).not.toMatch(/diary|me\.example/i);
});

test('the log keeps the last errors, each once', () => {
  const lost = toWireError(new AppError('device-lost', 'gone'));
  for (let i = 0; i < 30; i++) noteError({ ...lost, message: `gone ${i % 20}` });
  expect(lastErrors().map(({ message }) => message)).toEqual(
    Array.from({ length: 12 }, (_, i) => `gone ${(18 + i) % 20}`),
  );
});
