import { describe, expect, test } from 'vitest';
import type { LoadProgress } from '../../protocol/models';
import type { ErrorCode } from '../../shared/errors';
import { info } from '../scriptedStore';
import { INITIAL, isUnsupported, next, type DeskEvent } from './deskState';
import type { DeskState, DeskStatus } from './types';

const nano = info('nano');
const glm = info('glm');
const fault = (code: ErrorCode) => ({ code, message: code, details: {} });
const progress = (phase: LoadProgress['phase']): LoadProgress => ({
  phase,
  doneBytes: 1,
  totalBytes: 2,
  bytesPerSecond: 1,
  secondsLeft: 1,
});
const incoming = { name: 'GLM', origin: 'https://example.org/glm', progress: null, readyId: null };
const empty: DeskState = { ...INITIAL, status: 'idle', loadingName: '' };

const STATES = {
  starting: INITIAL,
  idle: empty,
  importing: { ...empty, status: 'importing', loadingName: 'GLM', incoming },
  'loading, none before': { ...empty, status: 'loading', loadingName: 'GLM' },
  'loading, Nano kept': { ...empty, status: 'loading', loadingName: 'GLM', kept: nano },
  ready: { ...empty, status: 'ready', info: nano },
  'ready, importing': { ...empty, status: 'ready', info: nano, incoming },
  failed: { ...empty, status: 'failed', error: fault('network') },
  lost: { ...empty, status: 'lost', error: fault('device-lost') },
} satisfies Record<string, DeskState>;

const EVENTS = {
  'load-started': { kind: 'load-started', name: 'GLM' },
  'load-progress': { kind: 'load-progress', progress: progress('upload') },
  loaded: { kind: 'loaded', info: glm, loadMs: 7 },
  'load-stopped': { kind: 'load-stopped' },
  'load-failed': { kind: 'load-failed', error: fault('network') },
  'import-started': { kind: 'import-started', name: 'GLM', origin: '' },
  'import-progress': { kind: 'import-progress', progress: progress('import') },
  'import-waits': { kind: 'import-waits', id: 'glm' },
  'import-closed': { kind: 'import-closed' },
  'import-failed': { kind: 'import-failed', error: fault('network') },
  'device-lost': { kind: 'device-lost', error: fault('device-lost') },
  'model-missing': { kind: 'model-missing' },
  'error-dismissed': { kind: 'error-dismissed' },
  'changed-elsewhere': { kind: 'changed-elsewhere', info: glm },
  healing: { kind: 'healing', healing: { cause: 'worker', attempt: 1, name: 'nano', progress: null } },
  crashed: { kind: 'crashed', load: { name: 'GLM', source: { kind: 'cached', id: 'glm' } } },
} satisfies Record<string, DeskEvent>;

// One row a state, one column an event; '·' means that the status stays.
const TABLE = `
                     | load-started load-progress loaded load-stopped load-failed import-started import-progress import-waits import-closed import-failed device-lost model-missing error-dismissed changed-elsewhere healing crashed
starting             | loading      ·             ready  idle         failed      ·              ·               ·            ·             ·             lost        ·             ·               ready             ·       ·
idle                 | loading      ·             ready  ·            ·           importing      ·               ·            ·             failed        lost        ·             ·               ready             ·       ·
importing            | loading      ·             ready  ·            ·           ·              ·               ·            idle          failed        lost        ·             ·               ready             ·       ·
loading, none before | loading      ·             ready  idle         failed      ·              ·               ·            ·             ·             lost        ·             ·               ready             ·       ·
loading, Nano kept   | loading      ·             ready  ready        ready       ·              ·               ·            ·             ·             lost        ·             ·               ready             ·       ·
ready                | loading      ·             ·      ·            ·           ·              ·               ·            ·             ·             lost        idle          ·               ready             ·       ·
ready, importing     | loading      ·             ·      ·            ·           ·              ·               ·            ·             ·             lost        importing     ·               ready             ·       ·
failed               | loading      ·             ready  ·            ·           importing      ·               ·            ·             ·             lost        ·             ·               ready             ·       ·
lost                 | loading      ·             ready  ·            ·           importing      ·               ·            ·             failed        ·           ·             ·               ready             ·       ·
`;

const [header, ...rows] = TABLE.trim().split('\n');
const columns = header.split('|')[1].trim().split(/\s+/) as (keyof typeof EVENTS)[];
const cases = rows.flatMap((row) => {
  const [name, cells] = row.split('|');
  const from = name.trim() as keyof typeof STATES;
  const statuses = cells.trim().split(/\s+/);
  return columns.map((event, i) => {
    const to = statuses[i] === '·' ? STATES[from].status : (statuses[i] as DeskStatus);
    return { from, event, to };
  });
});

describe('the table of transitions', () => {
  test('names every state and every event', () => {
    expect(new Set(cases.map(({ from }) => from))).toEqual(new Set(Object.keys(STATES)));
    expect(new Set(columns)).toEqual(new Set(Object.keys(EVENTS)));
  });

  test.for(cases)('$from, $event → $to', ({ from, event, to }) => {
    const state = next(STATES[from], EVENTS[event]);
    expect(state.status).toBe(to);
    expect(state.info !== null).toBe(state.status === 'ready');
    if (state.status !== 'loading') expect(state).toMatchObject({ kept: null, progress: null });
  });
});

const run = (state: DeskState, ...events: DeskEvent[]) => events.reduce(next, state);

describe('a load', () => {
  test('names the model before, until another one is loaded', () => {
    const started = run(STATES.ready, EVENTS['load-started']);
    expect(started).toMatchObject({ info: null, kept: nano, previous: { id: 'nano', name: 'nano' } });
    expect(run(started, EVENTS.loaded)).toMatchObject({ info: glm, previous: null, loadMs: 7 });
  });

  test('that a second load replaces keeps what is still on the GPU', () => {
    const state = run(STATES.ready, EVENTS['load-started'], EVENTS['load-started'], EVENTS['load-stopped']);
    expect(state).toMatchObject({ status: 'ready', info: nano });
  });

  test('returns to nothing once the upload has begun', () => {
    const uploading = run(STATES.ready, EVENTS['load-started'], EVENTS['load-progress']);
    expect(run(uploading, EVENTS['load-stopped']).status).toBe('idle');
    expect(run(uploading, EVENTS['load-failed'])).toMatchObject({
      status: 'failed',
      previous: { id: 'nano' },
    });
  });

  test.for<ErrorCode>(['no-webgpu', 'no-adapter', 'device-lost', 'model-in-use', 'bug'])(
    'that fails with %s leaves no model: the engine is empty',
    (code) => {
      const failed = run(STATES['loading, Nano kept'], { kind: 'load-failed', error: fault(code) });
      expect(failed).toMatchObject({ status: 'failed', info: null, error: { code } });
      expect(isUnsupported({ model: failed })).toBe(code === 'no-webgpu' || code === 'no-adapter');
    },
  );

  test('that is stopped during an import leaves questions waiting for the import', () => {
    const state = run(STATES['loading, none before'], EVENTS['import-started'], EVENTS['load-stopped']);
    expect(state).toMatchObject({ status: 'importing', loadingName: 'GLM' });
  });
});

describe('an import', () => {
  test('begins without the error of the load before', () => {
    expect(run(STATES.failed, EVENTS['import-started']).error).toBeNull();
  });

  test('hands over to the load of its model in one step', () => {
    const state = run(STATES.importing, { kind: 'load-started', name: 'GLM', arrived: true });
    expect(state).toMatchObject({ status: 'loading', incoming: null });
    expect(run(STATES['ready, importing'], EVENTS['load-started']).incoming).toEqual(incoming);
  });

  test('that waits is no longer under way: without a model the desk is idle', () => {
    const waiting = run(STATES['ready, importing'], EVENTS['import-waits']);
    expect(waiting.incoming).toMatchObject({ readyId: 'glm' });
    expect(run(waiting, EVENTS['model-missing']).status).toBe('idle');
  });

  test('that fails beside a model in use is news, and the model stays', () => {
    const state = run(STATES['ready, importing'], EVENTS['import-failed']);
    expect(state).toMatchObject({ status: 'ready', info: nano, incoming: null, error: { code: 'network' } });
  });
});

test('a lost device names the model that was in use', () => {
  expect(run(STATES.ready, EVENTS['device-lost'])).toMatchObject({ status: 'lost', loadingName: 'nano' });
});
