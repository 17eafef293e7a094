/** The first page where there are several cameras: what each beach shows, and the way to its page. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { State } from '../../../../messaging/payloads.ts';
import { ask, pictureOf } from '../../api.ts';
import { Fault } from '../../parts/notice.tsx';
import { activityName, clockTime, number } from '../../texts.ts';
import { text } from './texts.ts';
import './cameras.css';

interface CameraNow {
  readonly site: string;
  readonly activity: string;
  readonly count: Readonly<Record<string, number>> | null;
  readonly since: string;
  readonly frame: string | null;
  readonly state: State['state'];
}

const AGAIN_MS = 5_000;
const WIDTH = 480;

export function Cameras() {
  const cameras = useSignal<readonly CameraNow[]>([]);
  const fault = useSignal<unknown>(null);
  useEffect(() => {
    const read = () =>
      ask<{ cameras: readonly CameraNow[] }>('GET', '/cameras').then(
        answer => {
          cameras.value = answer.cameras;
          fault.value = null;
        },
        (error: unknown) => {
          fault.value = error;
        },
      );
    void read();
    const timer = setInterval(read, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <h1>{text('title')}</h1>
      {fault.value !== null && <Fault error={fault.value} />}
      <ul class="cameras">
        {cameras.value.map(camera => (
          <li key={camera.site}>
            <Camera camera={camera} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Camera({ camera: { site, activity, count, since, frame, state } }: { camera: CameraNow }) {
  const counts = Object.entries(count ?? {}).filter(([, riders]) => riders > 0);
  // That very frame may be gone when its picture is asked for; its name makes the browser ask anew.
  const picture = `${pictureOf('latest', { width: WIDTH }, `./${site}`)}&frame=${frame}`;
  return (
    <a class={`card camera ${activity}`} href={`./${site}/`}>
      {frame !== null && <img src={picture} alt="" />}
      <h2>{site}</h2>
      <p class="activity">{activityName(activity)}</p>
      {counts.length > 0 && (
        <p>{counts.map(([name, riders]) => `${number(riders)} ${activityName(name)}`).join(', ')}</p>
      )}
      <p class="small muted">
        {state === 'running' ? text('since', { time: clockTime(since) }) : text(`state.${state}`)}
      </p>
    </a>
  );
}
