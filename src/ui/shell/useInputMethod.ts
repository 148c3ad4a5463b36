// Keys of an input method stay in its window: the Enter that takes a Chinese word sends nothing, the Escape that
// discards it closes and stops nothing. One guard in front of every field, dialog, list and shortcut of the page.
import { useEffect } from 'react';

/**
 * keyCode of a key that an input method handles. In Safari the key that ends a composition comes after
 * `compositionend`, with isComposing false and this code (https://bugs.webkit.org/show_bug.cgi?id=165004); the check
 * may go when that is fixed.
 */
const IME_KEY_CODE = 229;

/** Keys that would do something besides writing: send a form, close a dialog, leave a field. */
const ACTS = new Set(['Enter', 'Escape', 'Tab']);

/** Stops the keys of input methods before any other listener below the window sees them. */
export function useInputMethod(): void {
  useEffect(() => {
    let composing = false;
    const onStart = () => {
      composing = true;
    };
    const onEnd = () => {
      composing = false;
    };
    const onKey = (event: KeyboardEvent) => {
      if (!event.isComposing && event.keyCode !== IME_KEY_CODE) return;
      event.stopPropagation();
      // The input method has used the key up already: without it, the browser would close a dialog or submit a form.
      if (ACTS.has(event.key)) event.preventDefault();
    };
    const onCancel = (event: Event) => {
      if (!composing) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('compositionstart', onStart, true);
    addEventListener('compositionend', onEnd, true);
    addEventListener('blur', onEnd, true); // a field that goes away ends its composition without an event
    addEventListener('keydown', onKey, true);
    addEventListener('cancel', onCancel, true);
    return () => {
      removeEventListener('compositionstart', onStart, true);
      removeEventListener('compositionend', onEnd, true);
      removeEventListener('blur', onEnd, true);
      removeEventListener('keydown', onKey, true);
      removeEventListener('cancel', onCancel, true);
    };
  }, []);
}
