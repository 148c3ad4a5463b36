import type { AppShell } from '../../pwa/register';
import { Observable } from '../observable';
import type { PagePorts } from '../ports';
import type { InstalledApp } from './types';

/** The app as an app: a new version that waits, and the browser's offer to install. */
export class Shell extends Observable<InstalledApp> {
  constructor(
    private readonly app: AppShell,
    private readonly work: PagePorts['work'],
  ) {
    super({ update: 'none', installable: false });
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
    if (!this.work.isBusy()) return this.app.update();
    const unsubscribe = this.work.subscribe(() => {
      if (this.state.update !== 'agreed') return unsubscribe();
      if (this.work.isBusy()) return;
      unsubscribe();
      this.app.update();
    });
  }

  /** Also takes an agreement back while the update waits for an answer. */
  postpone(): void {
    this.patch({ update: 'later' });
  }

  install(): void {
    this.app.install();
  }
}
