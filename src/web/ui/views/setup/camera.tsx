/** Where pictures come from, and whether any do. */
import { signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { CameraKind } from '../../../../capture/source.ts';
import { ask } from '../../api.ts';
import { Fault } from '../../parts/notice.tsx';
import { Picture } from '../../parts/picture.tsx';
import { number } from '../../texts.ts';
import { change, groupOf, settingValue } from './draft.ts';
import { Cards, ChoiceField, NumberField, PasswordField, SwitchField, TextField } from './fields.tsx';
import { t } from './texts.ts';

interface Tried {
  readonly jpeg: string;
  readonly width: number;
  readonly height: number;
  readonly tookMs: number;
}

/** The picture that the camera gave when it was tried; the next steps draw on it. */
export const tried = signal<Tried | null>(null);

export function pictureOfTried({ jpeg }: Tried): string {
  return `data:image/jpeg;base64,${jpeg}`;
}

export function CameraStep() {
  const fault = useSignal<unknown>(null);
  const isBusy = useSignal(false);
  const kind = settingValue<CameraKind>('camera.kind') ?? 'webcam';
  const test = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    fault.value = null;
    tried.value = null;
    try {
      tried.value = await ask<Tried>('POST', '/test/camera', { camera: groupOf('camera') });
    } catch (error) {
      fault.value = error;
    }
    isBusy.value = false;
  };
  return (
    <form class="halves" onSubmit={test}>
      <div class="card stack">
        <Cards
          legend={t('camera.kind')}
          value={kind}
          options={optionsOf()}
          onChoose={chosen => {
            change('camera.kind', chosen);
            tried.value = null;
            fault.value = null;
          }}
        />
        <KindFields kind={kind} />
        <TextField path="camera.interval" label={t('camera.interval')} hint={t('camera.interval.hint')} />
      </div>
      <div class="card stack">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? t('trying') : t('try')}
        </button>
        <Fault error={fault.value} />
        {tried.value === null ? (
          fault.value === null && <p class="small muted">{t('try.why')}</p>
        ) : (
          <>
            <Picture src={pictureOfTried(tried.value)} alt={t('try.picture')} />
            <p class="small" role="status">
              {t('try.took', {
                width: tried.value.width,
                height: tried.value.height,
                seconds: number(tried.value.tookMs / 1000, 1),
              })}
            </p>
          </>
        )}
      </div>
    </form>
  );
}

function optionsOf() {
  const of = (kind: CameraKind) => ({ title: t(`kind.${kind}`), says: t(`kind.${kind}.says`) });
  return {
    http: of('http'),
    ffmpeg: of('ffmpeg'),
    webcam: of('webcam'),
    rpicam: of('rpicam'),
    directory: of('directory'),
    simulator: of('simulator'),
  } satisfies Record<CameraKind, unknown>;
}

function KindFields({ kind }: { readonly kind: CameraKind }): JSX.Element {
  switch (kind) {
    case 'http':
      return (
        <>
          <TextField
            path="camera.http.url"
            label={t('address')}
            inputMode="url"
            placeholder="http://192.168.1.20/snapshot.jpg"
          />
          <Login group="camera.http" />
          <SwitchField
            path="camera.http.allowSelfSigned"
            label={t('selfSigned')}
            hint={t('selfSigned.hint')}
          />
        </>
      );
    case 'ffmpeg':
      return (
        <>
          <TextField
            path="camera.ffmpeg.input"
            label={t('address')}
            inputMode="url"
            placeholder="rtsp://192.168.1.20/stream1"
          />
          <Login group="camera.ffmpeg" />
          <ChoiceField
            path="camera.ffmpeg.rtspTransport"
            label={t('transport')}
            options={{ tcp: 'TCP', udp: 'UDP', udp_multicast: 'UDP multicast', http: 'HTTP' }}
          />
        </>
      );
    case 'webcam':
      return (
        <>
          <TextField path="camera.webcam.device" label={t('device')} placeholder="/dev/video0" />
          <Size group="camera.webcam" />
        </>
      );
    case 'rpicam':
      return (
        <>
          <NumberField
            path="camera.rpicam.camera"
            label={t('rpicam.camera')}
            hint={t('rpicam.camera.hint')}
            min={0}
            max={9}
          />
          <Size group="camera.rpicam" />
        </>
      );
    case 'directory':
      return (
        <>
          <TextField path="camera.directory.path" label={t('folder')} placeholder="/var/lib/frames" />
          <SwitchField path="camera.directory.watch" label={t('watch')} hint={t('watch.hint')} />
        </>
      );
    case 'simulator':
      return (
        <ChoiceField
          path="camera.simulator.script"
          label={t('script')}
          options={{
            demo: t('script.demo'),
            season: t('script.season'),
            calm: t('script.calm'),
            faults: t('script.faults'),
          }}
        />
      );
  }
}

function Login({ group }: { readonly group: string }) {
  return (
    <div class="pair">
      <TextField path={`${group}.username`} label={t('username')} none={null} />
      <PasswordField path={`${group}.password`} label={t('password')} />
    </div>
  );
}

function Size({ group }: { readonly group: string }) {
  return (
    <div class="pair">
      <NumberField path={`${group}.width`} label={t('width')} />
      <NumberField path={`${group}.height`} label={t('height')} />
    </div>
  );
}
