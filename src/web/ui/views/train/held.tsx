/** A head that may be wrong: what it finds beside the one in use, and the decision. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { command } from '../../api.ts';
import { Fault, Notice } from '../../parts/notice.tsx';
import { Picture } from '../../parts/picture.tsx';
import { Reasons } from '../../parts/reasons.tsx';
import { Compared } from './compared.tsx';
import type { HeldHead } from './models.ts';
import { t } from './texts.ts';

interface HeldProps {
  readonly held: HeldHead;
  readonly mayOperate: boolean;
  readonly onDecide: (verb: 'approve' | 'reject', args: { readonly head: string }) => void;
}

export function Held({ held: { id, reasons, figures, overlay }, mayOperate, onDecide }: HeldProps) {
  const picture = useSignal<string | null>(null);
  const fault = useSignal<unknown>(null);
  useEffect(() => {
    picture.value = null;
    if (!overlay) return;
    command<{ jpeg: string }>('models', { overlay: id }).then(
      ({ jpeg }) => {
        picture.value = `data:image/jpeg;base64,${jpeg}`;
      },
      (error: unknown) => {
        fault.value = error;
      },
    );
  }, [id]);
  return (
    <section class="card stack held">
      <Notice kind="warn" title={t('held')} isLive>
        <Reasons reasons={reasons} />
      </Notice>
      <Fault error={fault.value} />
      {picture.value !== null && (
        <>
          <Picture src={picture.value} alt={t('overlay')} />
          <p class="small muted">{t('overlay')}</p>
        </>
      )}
      {figures !== null && <Compared figures={figures} />}
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={!mayOperate}
          onClick={() => onDecide('approve', { head: id })}
        >
          {t('approve')}
        </button>
        <button
          type="button"
          class="danger"
          disabled={!mayOperate}
          onClick={() => onDecide('reject', { head: id })}
        >
          {t('reject')}
        </button>
        <span class="small muted">{id}</span>
      </div>
    </section>
  );
}
