import { useEffect, useState } from 'react';
import { isModelFile, readDrop } from './droppedFiles';
import { useApp, useText } from '../useApp';
import { FileIcon } from '../controls/icons';
import styles from './DropZone.module.css';

const carriesFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** Documents for the message, chats to import, and a model's files or folder can be dropped anywhere on the page. */
export function DropZone() {
  const { t } = useText();
  const [over, setOver] = useState(false);
  const openFiles = useApp((s) => s.desk.openFiles);
  const openHandles = useApp((s) => s.desk.openHandles);
  const attachFiles = useApp((s) => s.attachFiles);
  const takeChatFiles = useApp((s) => s.takeChatFiles);
  const openModels = useApp((s) => s.openModels);

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
      event.preventDefault(); // otherwise the browser navigates to the file
      depth = 0;
      setOver(false);
      if (!event.dataTransfer) return;
      void readDrop(event.dataTransfer).then(({ handles, files, folder }) => {
        if (handles.length + files.length === 0) return;
        const names = [...handles, ...files].map(({ name }) => name);
        const isFolder = folder !== undefined || handles.some(({ kind }) => kind === 'directory');
        if (!isFolder && !names.some(isModelFile)) {
          return Promise.all(handles.map((handle) => (handle as FileSystemFileHandle).getFile()))
            .then((read) => takeChatFiles([...read, ...files]))
            .then((documents) => documents.length > 0 && attachFiles(documents));
        }
        openModels('here'); // this tab shows progress and errors
        if (handles.length > 0) void openHandles(handles);
        else openFiles(files, folder);
      });
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
  }, [attachFiles, openFiles, openHandles, openModels, takeChatFiles]);

  if (!over) return null;
  return (
    <div className={styles.dropZone} role="status">
      <div>
        <FileIcon />
        <strong>{t('drop.title')}</strong>
        <span>{t('drop.hint')}</span>
      </div>
    </div>
  );
}
