// An answer written again from its seed, beside the chat, to see its tokens and their alternatives.
import { toWireError } from '../../../shared/errors';
import { fetchPart } from '../../../shared/missingPart';
import { Observable } from '../../observable';
import type { AnswererOf } from './answerers';
import type { ChatBook } from '../book';
import { createFrameBatch } from './frameBatch';
import type { Run, RunParts } from './inspectorRun';
import type { InspectorState } from '../state';
import type { Turns } from './turns';
import type { Inspection } from '../types';

export interface InspectorOptions extends RunParts {
  answererOf: AnswererOf;
  book: ChatBook;
  turns: Turns;
}

const begun = (messageId: string, total = 0): Inspection => ({
  ...{ messageId, total, tokens: [] },
  ...{ status: 'running', partsAt: -1, error: null },
});

export class Inspector extends Observable<InspectorState> {
  private running: Run | null = null;

  constructor(private readonly options: InspectorOptions) {
    super({ about: null, inspection: null });
  }

  /** Chooses the answer of the current chat that the dialog is about. */
  open(messageId: string): void {
    if (this.state.inspection?.messageId !== messageId) {
      this.running?.controller.abort();
      this.patch({ inspection: null });
    }
    this.patch({ about: { chatId: this.options.book.state.currentId, messageId } });
  }

  /** Writes the answer again. Anything else that needs the engine comes first and ends it. */
  async inspect(): Promise<void> {
    const { book, turns, ports, answererOf } = this.options;
    const { about } = this.state;
    const code = await fetchPart(() => import('./inspectorRun')).catch((reason: unknown) => {
      if (about)
        this.patch({
          inspection: { ...begun(about.messageId), status: 'failed', error: toWireError(reason) },
        });
    });
    if (!code || this.state.about !== about) return;
    const chat = about && book.chat(about.chatId);
    const message = about && book.message(about.chatId, about.messageId);
    if (!chat || message?.role !== 'assistant' || turns.state.turn) return;
    if (!message.server && !ports.model.info()) return;
    this.running?.controller.abort();
    const batch = createFrameBatch(() => this.show(run, {}));
    const run = new code.Run(message, message.server !== undefined, () => batch.request());
    this.running = run;
    this.show(run, {});
    try {
      // The settings of the answer's time, where it has a record of them.
      const { made, server } = message;
      const settings = made && { ...ports.answering.settings(chat.settings), sampling: made.sampling };
      const answerer = await answererOf({
        server: server === undefined ? undefined : chat.server,
        settings: settings ?? chat.settings,
      });
      // The chat goes to no other server, and none answers for this computer.
      if (answerer.author()?.server !== server) return this.patch({ inspection: null });
      this.show(run, run.outcome(await code.writeRun(run, this.options, chat, answerer)));
    } catch (reason) {
      this.show(run, { status: 'failed', error: toWireError(reason) });
    } finally {
      batch.cancel();
    }
  }

  stop(): void {
    this.running?.controller.abort(new DOMException('Stopped', 'AbortError'));
  }

  private show(run: Run, change: Partial<Inspection>): void {
    if (this.running !== run) return;
    const { id, summary } = run.message;
    this.patch({
      inspection: {
        ...begun(id, summary?.newTokens),
        tokens: [...run.tokens],
        ...change,
      },
    });
  }
}
