/**
 * Puts text on the clipboard. Pages on plain http have no navigator.clipboard: there a selected field is copied, which
 * browsers still allow in a click.
 * @returns whether it was copied
 */
export async function copyToClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  (focused?.closest('dialog') ?? document.body).append(field); // outside of a modal dialog nothing can be selected
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
