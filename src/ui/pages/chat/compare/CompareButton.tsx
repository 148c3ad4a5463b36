import { canAnswer, type AssistantMessage } from '../../../../store';
import { IconButton } from '../../../controls/IconButton';
import { COMPARE_TEXTS } from '../../../i18n/compareTexts';
import { useApp, useTextsOf } from '../../../useApp';
import { CompareIcon } from './CompareIcon';

/** Opens the comparison of several answers to one question. */
export default function CompareButton({ message }: { message: AssistantMessage }) {
  const { t } = useTextsOf(COMPARE_TEXTS);
  const ready = useApp(canAnswer);
  const samples = useApp((s) => s.samples);
  const openDialog = useApp((s) => s.page.openDialog);
  const open = async () => {
    // Where the code is missing, the dialog says so.
    await samples().then(
      (loaded) => loaded.open(message.id),
      () => undefined,
    );
    openDialog('compare');
  };
  return (
    <IconButton
      name={t('open')}
      icon={<CompareIcon />}
      aria-haspopup="dialog"
      disabled={!ready}
      onClick={() => void open()}
    />
  );
}
