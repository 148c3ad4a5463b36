// What is known of an answer under way, so that another engine can go on with it where the first one stopped.
import type { AnswerPrompt, GenerateEvent, GenerateRequest, GenerateSummary } from '../protocol/chat';

/**
 * Records the tokens of one answer. An engine that resumes the answer sends the events of those tokens again, in the
 * same order: the journal passes each event on once.
 */
export class AnswerJournal {
  private prompt: AnswerPrompt | null = null;
  private readonly ids: number[] = [];
  /** Events passed on, and how many of the engine's next ones are repetitions. */
  private passed = { parts: 0, logprobs: 0 };
  private repeated = { parts: 0, logprobs: 0, tokens: 0 };
  /** Tokens of the engine that writes now. */
  newTokens = 0;
  private decodeMs = 0;
  private firstTokenAt = 0;
  private lastTokenAt = 0;

  constructor(private readonly original: GenerateRequest) {
    const { resume } = original;
    if (!resume) return;
    this.prompt = resume;
    this.ids.push(...resume.ids);
    this.repeated.tokens = resume.ids.length;
  }

  /** What to ask of an engine now. */
  get request(): GenerateRequest {
    const resume = this.prompt && { ...this.prompt, ids: [...this.ids] };
    return { ...this.original, journal: true, ...(resume && { resume }) };
  }

  /** The model that has begun the answer. */
  get modelId(): string | undefined {
    return this.prompt?.modelId;
  }

  /** @returns whether the event is new to the page */
  take(event: GenerateEvent, now = performance.now()): boolean {
    if (event.kind === 'prompt') {
      const isNew = this.prompt === null;
      this.prompt ??= event.prompt;
      return isNew && this.original.journal === true;
    }
    if (event.kind === 'token') return this.note(event.id, now) && this.original.journal === true;
    const list = 'index' in event ? 'parts' : event.kind === 'logprobs' ? 'logprobs' : null;
    if (!list) return true;
    if (this.repeated[list] > 0) {
      this.repeated[list]--;
      return false;
    }
    this.passed[list]++;
    return true;
  }

  /** @returns whether the token is new */
  private note(id: number, now: number): boolean {
    this.passed.logprobs = 0; // a resumed answer has none of the tokens it begins with
    if (this.repeated.tokens > 0) {
      this.repeated.tokens--;
      return false;
    }
    this.ids.push(id);
    this.newTokens++;
    this.firstTokenAt ||= now;
    this.lastTokenAt = now;
    return true;
  }

  /** The engine is gone; the next one begins with `request`. */
  breakOff(): void {
    this.decodeMs += this.lastTokenAt - this.firstTokenAt;
    this.firstTokenAt = this.lastTokenAt = this.newTokens = 0;
    this.repeated = { ...this.passed, tokens: this.ids.length };
  }

  /** The figures of the whole answer. */
  total(summary: GenerateSummary): GenerateSummary {
    return { ...summary, decodeMs: summary.decodeMs + this.decodeMs };
  }

  /** Summary of an answer that was stopped while no engine ran. */
  stopped(): GenerateSummary {
    const promptTokens = this.prompt?.promptIds.length ?? 0;
    return {
      reason: 'aborted',
      promptTokens,
      reusedTokens: 0,
      newTokens: this.ids.length,
      prefillMs: 0,
      decodeMs: this.decodeMs,
      contextUsed: promptTokens + this.ids.length,
      contextTokens: 0,
    };
  }
}
