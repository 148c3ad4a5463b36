import { useRef } from 'react';
import { FileIcon } from '../../controls/icons';

interface FileButtonProps {
  label: string;
  /** Names and types of files that can be chosen. */
  accept: string;
  /** Marks the field for programs: `data-openapi`. */
  mark: 'data-openapi' | 'data-functions';
  disabled?: boolean;
  onFile: (file: File) => void;
}

/** A button that asks for a file. */
export function FileButton({ label, accept, mark, disabled, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="button" disabled={disabled} onClick={() => input.current?.click()}>
        <FileIcon />
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        {...{ [mark]: true }}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile(file);
          target.value = '';
        }}
      />
    </>
  );
}
