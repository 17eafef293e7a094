/** Asks for the password, where the page has one. */
import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { hasEnded, logIn } from '../session.ts';
import { text } from '../texts.ts';
import { Fault, Notice } from './notice.tsx';

export function Login() {
  const fault = useSignal<unknown>(null);
  const isBusy = useSignal(false);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    isBusy.value = true;
    fault.value = await logIn(password).then(
      () => null,
      (error: unknown) => error,
    );
    isBusy.value = false;
  };
  return (
    <form class="card login" onSubmit={submit}>
      <h1>{text('login.title')}</h1>
      <p class="muted">{text('login.why')}</p>
      {hasEnded.value && fault.value === null && <Notice kind="warn" title={text('login.ended')} isLive />}
      {/* Password managers keep a password by the name it goes with. */}
      <input type="text" autocomplete="username" value="surfwatch" readOnly hidden />
      <label class="field">
        <span>{text('login.password')}</span>
        <input type="password" name="password" autocomplete="current-password" required />
      </label>
      <Fault error={fault.value} />
      <button type="submit" class="primary" disabled={isBusy.value}>
        {text('login.open')}
      </button>
    </form>
  );
}
