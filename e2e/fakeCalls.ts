// Calls of the fake engine. `⚙name⚙` in an answer plays calls of that name, in a state that a card can show;
// `☎tool:arguments☎` is a call that the agent runs, with a tool of fakeTools.ts.
import type { CallPart, ResultPart } from '../src/protocol/chat';
import type { PartWriter } from '../src/shared/partWriter';

/** In an answer: between two of these stands the name of a scene. */
export const CALLS = '⚙';
/** In an answer: between two of these stands a tool and what it is called with. */
export const CALL = '☎';

/** The answer's rest after so many calls that were answered. */
export const afterCalls = (answer: string, numResults: number): string =>
  answer
    .split(CALL)
    .slice(2 * numResults)
    .join(CALL);

/** Writes a call for the agent to run. */
export async function writeCall(
  text: string,
  { writer, pause }: Pick<Stage, 'writer' | 'pause'>,
): Promise<void> {
  const [, tool, args] = /^(\w+):([\s\S]*)/.exec(text) ?? ['', 'python', text];
  writer.startCall(tool);
  for (const piece of args.match(/[\s\S]{1,9}/g) ?? []) {
    writer.writeArgs(piece);
    await pause();
  }
}

export interface Stage {
  writer: PartWriter;
  /** Shows a call or result at its place, as the agent does. */
  show(part: CallPart | ResultPart): void;
  /** A moment of the fake engine's time. */
  pause(): Promise<void>;
  /** Until a test lets it go on. */
  hold(): Promise<void>;
}

const SUM = 'total = 37 * 49 + 12\nprint(total)';
const FRAME = `import pandas as pd
df = pd.DataFrame({"city": ["北京", "Paris", "São Paulo"], "people": [21.9, 2.1, 11.5]})
df.sort_values("people")`;
const PLOT = `import matplotlib.pyplot as plt
plt.bar(range(5), [3, 1, 4, 1, 5])
plt.title("柱状图")`;
const LOOP = `for step in range(1, 4):
    print("step", step)`;
const WRONG = `def mean(values):
    return sum(values) / len(values)

mean([])`;
const TRACEBACK = `Traceback (most recent call last):
  File "<cell 2>", line 4, in <module>
    mean([])
  File "<cell 2>", line 2, in mean
    return sum(values) / len(values)
           ~~~~~~~~~~~~^~~~~~~~~~~~~
ZeroDivisionError: division by zero`;

const text = (content: string) => ({ type: 'text', text: content }) as const;

async function picture(): Promise<Blob> {
  const canvas = new OffscreenCanvas(640, 400);
  const context = canvas.getContext('2d');
  if (!context) return new Blob();
  context.fillStyle = '#fff';
  context.fillRect(0, 0, 640, 400);
  context.fillStyle = '#1f77b4';
  [3, 1, 4, 1, 5].forEach((value, index) => {
    context.fillRect(60 + index * 110, 360 - value * 60, 80, value * 60);
  });
  return canvas.convertToBlob({ type: 'image/png' });
}

interface Scene {
  tool: string;
  args: string;
  state: CallPart['state'];
  ranMs?: number;
  parts?: () => Promise<ResultPart['parts']>;
  /** Outputs that come while it runs; the stage holds after the last. */
  streams?: string[];
}

const done = (tool: string, args: string, ranMs: number, ...parts: ResultPart['parts']): Scene => ({
  ...{ tool, args, ranMs, state: 'done' },
  parts: async () => parts,
});

/** A call without a result, or a failed one that the model was not told of, would be run by the agent. */
const nothing = async () => [];

const ROWS = [
  ['1', 'Paris', '2.1'],
  ['2', 'São Paulo', '11.5'],
  ['0', '北京', '21.9'],
];

const SCENES: Record<string, Scene[]> = {
  sum: [done('python', SUM, 412, text('1825\n'))],
  table: [
    done('python', FRAME, 1830, {
      ...{ type: 'table', columns: ['', 'city', 'people'], rows: ROWS, totalRows: 40 },
    }),
  ],
  plot: [
    {
      ...{ tool: 'python', args: PLOT, state: 'done', ranMs: 2210 },
      parts: async () => [
        { type: 'image', blob: await picture(), alt: 'Five bars', width: 640, height: 400 },
        {
          ...{ type: 'file', id: 'csv', name: '城市 cities.csv', mediaType: 'text/csv' },
          blob: new Blob(['city,people\n']),
        },
      ],
    },
  ],
  function: [
    done(
      'get_weather',
      '{"city":"Paris","days":3,"units":"metric"}',
      180,
      text('{"city":"Paris","degrees":14}'),
    ),
  ],
  wrong: [
    {
      ...{ tool: 'python', args: WRONG, state: 'failed', ranMs: 95 },
      parts: async () => [text(TRACEBACK)],
    },
  ],
  others: [
    { tool: 'python', args: 'while True: pass', state: 'stopped', ranMs: 30_000, parts: nothing },
    { tool: 'send_mail', args: '{"to":"a@example.org"}', state: 'refused', parts: nothing },
    { tool: 'look_up', args: '{"word":"GLM"}', state: 'unknown', parts: nothing },
  ],
  runs: [{ tool: 'python', args: LOOP, state: 'runs', streams: ['step 1\n', 'step 1\nstep 2\n'] }],
  writes: [{ tool: 'python', args: PLOT, state: 'writing' }],
};

/** Plays the calls of a scene: each is written, then shown in its state with what it returned. */
export async function playCalls(name: string, { writer, show, pause, hold }: Stage): Promise<void> {
  for (const { tool, args, state, ranMs, parts, streams } of SCENES[name] ?? []) {
    const id = `call-${writer.parts.length}`;
    writer.startCall(tool, id);
    for (const piece of args.match(/[\s\S]{1,9}/g) ?? []) {
      writer.writeArgs(piece);
      await pause();
    }
    if (state === 'writing') await hold();
    writer.close();
    const call: CallPart = { type: 'call', id, tool, args, state, ...(ranMs && { ranMs }) };
    show(call);
    for (const [index, output] of (streams ?? []).entries()) {
      show({ type: 'result', callId: id, parts: [text(output)], observation: output });
      await (index < (streams?.length ?? 0) - 1 ? pause() : hold());
    }
    if (streams) show({ ...call, state: 'done', ranMs: 2000 });
    if (parts)
      show({
        ...{ type: 'result', callId: id, parts: await parts(), observation: 'shown' },
        ...(state === 'failed' && { failed: true }),
      });
  }
}
