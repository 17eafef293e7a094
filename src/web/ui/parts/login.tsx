/** Asks for the password, where the page has one. */
import { useSignal } from '@preact/signals';
import { ask, Refused } from '../api.ts';
import { text } from '../texts.ts';

export function Login({ onDone }: { readonly onDone: () => void }) {
  const fault = useSignal('');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const password = new FormData(event.currentTarget as HTMLFormElement).get('password');
    try {
      await ask('POST', '/login', { password });
      onDone();
    } catch (error) {
      fault.value = error instanceof Refused ? `${error.message}. ${error.remedy}` : text('offline');
    }
  };
  return (
    <main class="login">
      <h1>surfwatch</h1>
      <form onSubmit={submit}>
        <label>
          {text('login.password')}
          <input type="password" name="password" autocomplete="current-password" required autofocus />
        </label>
        <button type="submit">{text('login.open')}</button>
        <p role="alert">{fault.value}</p>
      </form>
    </main>
  );
}
