// An import: the model in use goes on answering, and the switch never interrupts a conversation.
import { describe, expect, test } from 'vitest';
import type { GenerateSummary } from '../../protocol/chat';
import type { LoadProgress } from '../../protocol/models';
import { AppError } from '../../shared/errors';
import { currentChat } from '../chats/selectors';
import { gate, info, setUp, summary, until } from '../scriptedStore';

const URL_OF_GLM = 'https://example.org/glm.gguf';
const glm = { kind: 'url' as const, url: URL_OF_GLM };

/** A store with Nano in use, and a model that arrives when the test says so. */
async function importing(script: Parameters<typeof setUp>[0] = {}) {
  const arrival = gate<{ id: string; name: string }>();
  let report: (progress: LoadProgress) => void = () => {};
  const made = setUp({
    import: (_, { onEvent }) => {
      report = (progress) => onEvent?.(progress);
      return arrival.promise;
    },
    ...script,
  });
  const { store } = made;
  await store.getState().desk.startModel();
  void store.getState().desk.loadModel(glm);
  await until(() => store.getState().model.incoming !== null);
  const arrive = () => arrival.open({ id: 'glm', name: 'GLM' });
  return { ...made, arrive, fail: arrival.fail, report: (progress: LoadProgress) => report(progress) };
}

const turnEnded = (store: Awaited<ReturnType<typeof importing>>['store']) =>
  until(() => store.getState().turn === null);

describe('while a model comes in', () => {
  test('the one in use answers, and progress is told beside it', async () => {
    const { store, report, requests } = await importing();
    expect(store.getState().model).toMatchObject({ status: 'ready', info: { id: 'nano' } });
    const progress = { doneBytes: 1, totalBytes: 4, bytesPerSecond: 1, secondsLeft: 3 };
    report({ phase: 'import', ...progress });
    expect(store.getState().model.incoming).toMatchObject({ name: 'glm.gguf', progress });
    expect(store.getState().send('Hi')).toBe(true);
    await turnEnded(store);
    expect(requests).toHaveLength(1);
    expect(currentChat(store.getState()).messages.at(-1)?.parts).toEqual([{ type: 'text', text: 'Hello' }]);
    expect(store.getState().model.incoming?.progress).toMatchObject(progress);
  });

  test('and the chat is idle, the switch happens by itself', async () => {
    const { store, arrive, loads } = await importing();
    arrive();
    await until(() => store.getState().model.info?.id === 'glm');
    expect(loads.at(-1)).toEqual({ source: { kind: 'cached', id: 'glm' } });
    expect(store.getState().model.incoming).toBeNull();
  });

  test('an answer that is being written is not cut off: the switch is offered', async () => {
    const answer = gate<GenerateSummary>();
    const { store, arrive, loads, savedPreferences } = await importing({ generate: () => answer.promise });
    store.getState().send('Hi');
    await until(() => store.getState().turn?.phase === 'prefill');
    arrive();
    await until(() => store.getState().model.incoming?.readyId === 'glm');
    expect(store.getState().turn).not.toBeNull();
    expect(loads).toHaveLength(1);
    expect(savedPreferences().lastModelId).toBe('glm'); // the next start has it in any case
    answer.open(summary('stop'));
    await turnEnded(store);
    expect(store.getState().model.info?.id).toBe('nano');
    store.getState().desk.switchNow();
    await until(() => store.getState().model.info?.id === 'glm');
    expect(store.getState().model.incoming).toBeNull();
  });

  test('a conversation that went on meanwhile is left alone; later is an answer too', async () => {
    const { store, arrive } = await importing();
    await new Promise((resolve) => setTimeout(resolve, 2));
    store.getState().send('Hi');
    await turnEnded(store);
    arrive();
    await until(() => store.getState().model.incoming?.readyId === 'glm');
    store.getState().desk.switchLater();
    expect(store.getState().model.incoming).toBeNull();
    expect(store.getState().model.info?.id).toBe('nano');
  });

  test('a failure is news, and the one in use stays', async () => {
    const { store, fail } = await importing();
    fail(new AppError('bug', 'the disk caught fire'));
    await until(() => store.getState().model.error !== null);
    expect(store.getState().model).toMatchObject({ status: 'ready', info: { id: 'nano' } });
    expect(store.getState().model.incoming).toBeNull();
  });

  test('another one takes its place; what comes late of the first is ignored', async () => {
    const { store, arrive, imports } = await importing();
    void store.getState().desk.loadModel({ kind: 'url', url: 'https://example.org/other.gguf' });
    await until(() => imports.length === 2);
    expect(store.getState().model.incoming?.name).toBe('other.gguf');
    arrive();
    await until(() => store.getState().model.info?.id === 'glm'); // the script gives both one answer
    expect(store.getState().model.incoming).toBeNull();
  });

  test('without any model a question waits for it', async () => {
    const arrival = gate<{ id: string; name: string }>();
    const { store, requests } = setUp({
      load: async ({ source }) => {
        if (source.kind === 'url') throw new AppError('network', 'offline', { url: source.url });
        return info('glm');
      },
      import: () => arrival.promise,
    });
    await store.getState().desk.startModel();
    expect(store.getState().model.status).toBe('failed');
    void store.getState().desk.loadModel(glm);
    store.getState().send('Hi');
    await until(() => store.getState().turn?.phase === 'waiting');
    expect(requests).toEqual([]);
    arrival.open({ id: 'glm', name: 'GLM' });
    await turnEnded(store);
    expect(currentChat(store.getState()).messages.at(-1)).toMatchObject({
      parts: [{ type: 'text', text: 'Hello' }],
    });
  });
});
