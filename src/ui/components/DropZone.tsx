import { useEffect, useState } from 'react';
import { useApp, useText } from '../useApp';
import { FileIcon } from './icons';

const carriesFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** A model file can be dropped anywhere on the page. */
export function DropZone() {
  const { t } = useText();
  const [over, setOver] = useState(false);
  const loadModel = useApp((s) => s.loadModel);
  const openDialog = useApp((s) => s.openDialog);

  useEffect(() => {
    let depth = 0; // dragenter and dragleave come in pairs from every element on the way
    const onEnter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth++;
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const onOver = (event: DragEvent) => carriesFiles(event) && event.preventDefault();
    const onDrop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault(); // or the browser leaves the page to show the file
      depth = 0;
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      openDialog('models'); // progress and errors are there
      void loadModel({ kind: 'files', files });
    };
    addEventListener('dragenter', onEnter);
    addEventListener('dragleave', onLeave);
    addEventListener('dragover', onOver);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragenter', onEnter);
      removeEventListener('dragleave', onLeave);
      removeEventListener('dragover', onOver);
      removeEventListener('drop', onDrop);
    };
  }, [loadModel, openDialog]);

  if (!over) return null;
  return (
    <div className="drop-zone" role="status">
      <div>
        <FileIcon />
        <strong>{t('drop.title')}</strong>
        <span>{t('drop.hint')}</span>
      </div>
    </div>
  );
}
