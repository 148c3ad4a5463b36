import { useCallback, useRef, type ReactNode } from 'react';
import { useApp } from '../useApp';

/** A file input outside the palette, which closes before the browser's picker opens. */
export function useImportPicker(): { pick: () => void; input: ReactNode } {
  const ref = useRef<HTMLInputElement>(null);
  const importChats = useApp((s) => s.importChats);
  const pick = useCallback(() => ref.current?.click(), []);
  const input = (
    <input
      ref={ref}
      type="file"
      accept=".json,.zip,application/json,application/zip"
      hidden
      data-import
      onChange={({ target }) => {
        const file = target.files?.[0];
        target.value = ''; // the same file may be chosen again
        if (file) void importChats(file);
      }}
    />
  );
  return { pick, input };
}
