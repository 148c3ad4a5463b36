import { useEffect, useRef } from 'react';
import type { ModelsTab } from '../../../store';
import { useApp, useText } from '../../useApp';
import { ErrorCard } from '../../controls/ErrorCard';
import { LoadCard } from './cards/LoadCard';
import { Modal } from '../../controls/Modal';
import ModelError from './cards/ModelError';
import { Tabs } from '../../controls/Tabs';
import { Catalogue } from './catalogue/Catalogue';
import { DiskChoice } from './DiskChoice';
import { LoadedModel } from './LoadedModel';
import { AskAgainCard, SwitchCard } from './cards/modelHints';
import { OwnModel } from './OwnModel';
import { StorageSection } from './StorageSection';
import { StoredModels } from './StoredModels';
import { OpenedFromDisk, Unfinished } from './Unfinished';
import styles from './ModelDialog.module.css';

/** The load in progress or its result, at the top; the dialog scrolls to it. */
function ModelNews() {
  const status = useApp((s) => s.model.status);
  const error = useApp((s) => s.model.error);
  const notice = useApp((s) => s.view.notice);
  const choosing = useApp((s) => s.disk.choice !== null);
  const incoming = useApp((s) => s.model.incoming?.name);
  const dismissNotice = useApp((s) => s.page.dismissNotice);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error || notice || choosing || incoming || status === 'loading')
      ref.current?.closest('dialog')?.scrollTo({ top: 0 });
  }, [status, error, notice, choosing, incoming]);
  return (
    <div className={styles.modelNews} ref={ref}>
      <DiskChoice />
      <LoadCard />
      <SwitchCard />
      <AskAgainCard />
      <ModelError inDialog />
      {notice && <ErrorCard error={notice} onDismiss={dismissNotice} />}
    </div>
  );
}

const PAGES: Record<ModelsTab, () => React.ReactNode> = {
  catalogue: () => <Catalogue />,
  own: () => <OwnModel />,
  here: () => (
    <>
      <Unfinished />
      <StoredModels />
      <OpenedFromDisk />
      <StorageSection />
    </>
  ),
};

/** The model dialog: the model in use, the catalogue, own files, stored models. */
export default function ModelDialog() {
  const { t } = useText();
  const closeDialog = useApp((s) => s.page.closeDialog);
  const tab = useApp((s) => s.view.modelsTab);
  const setTab = useApp((s) => s.page.setModelsTab);
  const kept = useApp((s) => s.storage.models.filter(({ origin }) => origin !== s.nanoUrl).length);
  return (
    <Modal title={t('model.title')} side="center" wide onClose={closeDialog}>
      <ModelNews />
      <LoadedModel />
      <Tabs
        label={t('tabs.label')}
        tabs={[
          { id: 'catalogue', label: t('tabs.catalogue') },
          { id: 'own', label: t('tabs.own') },
          { id: 'here', label: t('tabs.here'), count: kept },
        ]}
        selected={tab}
        onSelect={setTab}
      >
        {PAGES[tab]()}
      </Tabs>
    </Modal>
  );
}
