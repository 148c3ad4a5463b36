import type { AppShell } from '../../pwa/register';
import { Observable } from '../observable';
import type { PagePorts } from '../ports';
import type { InstalledApp } from './types';

/**
 * Time for what the page loads at the end of an answer. In Chromium a request that reaches a service worker while it stops
 * starts it again, and the new version would wait until the old one is idle, for up to five minutes.
 */
const SETTLE_MS = 2000;

/** The app as an app: a new version that waits, and the browser's offer to install. */
export class Shell extends Observable<InstalledApp> {
  constructor(
    private readonly app: AppShell,
    private readonly work: PagePorts['work'],
  ) {
    super({ update: 'none', missingPart: 'none', installable: false });
    app.subscribe(({ updateReady, installable }) => {
      // Called at once too, while the store is being made: the first values hold until then.
      queueMicrotask(() => {
        this.patch({ installable });
        if (updateReady && this.state.update === 'none') this.patch({ update: 'ready' });
      });
    });
  }

  /** Reloads into the new version, after the answer or load under way. */
  update(): void {
    if (this.state.update === 'agreed') return;
    this.patch({ update: 'agreed' });
    this.whenIdle(
      () => this.state.update === 'agreed',
      () => this.app.update(),
      SETTLE_MS,
    );
  }

  /** Runs the action once nothing would be interrupted, and so much later, unless it is no longer wanted by then. */
  private whenIdle(isWanted: () => boolean, action: () => void, laterMs = 0): void {
    if (!this.work.isBusy()) return action();
    const unsubscribe = this.work.subscribe(() => {
      if (!isWanted()) return unsubscribe();
      if (this.work.isBusy()) return;
      unsubscribe();
      if (laterMs === 0) return action();
      setTimeout(() => isWanted() && this.whenIdle(isWanted, action, laterMs), laterMs);
    });
  }

  /**
   * A lazy part could not be fetched, as after a deployment that removed it. Reloads the page once, when nothing would be
   * interrupted; a part that is missing afterwards as well is left to the user.
   */
  async reportMissingPart(): Promise<void> {
    if (this.state.missingPart !== 'none') return;
    this.patch({ missingPart: 'reload' });
    const remedy = await this.app.canReload();
    if (remedy === 'offline') this.patch({ missingPart: 'offline' });
    if (remedy !== 'reload') return;
    this.whenIdle(
      () => this.state.missingPart === 'reload',
      () => this.app.reloadOnce(),
    );
  }

  /** Closes the note; a part that is missing later is reported again. */
  dismissMissingPart(): void {
    this.patch({ missingPart: 'none' });
  }

  /** Also takes an agreement back while the update waits for an answer. */
  postpone(): void {
    this.patch({ update: 'later' });
  }

  install(): void {
    this.app.install();
  }
}
