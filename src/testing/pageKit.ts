// The page in jsdom: tests keyboard and pointer behaviour, not appearance.
import { File } from 'node:buffer';
import { act } from 'react';

/** Stubs for APIs missing in jsdom: dialogs, media queries, scrolling, visibility, file reading, inert observers. */
export function preparePage(): void {
  const quiet = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  Object.assign(globalThis, {
    IS_REACT_ACT_ENVIRONMENT: true,
    File,
    IntersectionObserver: quiet,
    ResizeObserver: quiet,
    matchMedia: (media: string) => Object.assign(new EventTarget(), { media, matches: false }),
  });
  Object.assign(HTMLElement.prototype, {
    scrollIntoView() {},
    scrollTo() {},
    checkVisibility(this: HTMLElement) {
      return this.isConnected;
    },
  });
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      this.open = false;
    },
  });
}

/** Lets pending timers and promises run. */
export const settle = (ms = 40): Promise<void> =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
  });

/** Waits until the page shows it, in small steps: React may show nothing new before an `act` ends. */
export async function untilShown(condition: () => boolean): Promise<void> {
  for (let step = 0; step < 3000 && !condition(); step++) await settle(10);
  if (!condition()) throw new Error('The page does not show it');
}

const nameOf = (element: HTMLElement) =>
  (element.getAttribute('aria-label') ?? element.textContent ?? '').trim();

/** The first control with this name. */
export function control(name: string | RegExp): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>('button, [role=option], [role=menuitem]')];
  const found = all.find((element) =>
    typeof name === 'string' ? nameOf(element) === name : name.test(nameOf(element)),
  );
  if (!found) throw new Error(`No control ${name} among ${all.map(nameOf).join(' | ')}`);
  return found;
}

export async function press(name: string | RegExp): Promise<void> {
  const element = control(name);
  await act(async () => {
    element.focus();
    element.click();
  });
  await settle();
}

/** Presses a key on the focused element. */
export async function key(name: string, modifiers: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...modifiers });
    (document.activeElement ?? document.body).dispatchEvent(event);
  });
  await settle();
}

export async function type(selector: string, text: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(selector);
  if (!field) throw new Error(`No field ${selector}`);
  await act(async () => {
    field.focus();
    // React observes the prototype's setter; a plain assignment would not count as typing.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await settle();
}

export const focusName = (): string =>
  document.activeElement instanceof HTMLElement ? nameOf(document.activeElement) : '';
