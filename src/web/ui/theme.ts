/** Light or dark: as the device has it, or as chosen on it for this page. */
import { effect, signal } from '@preact/signals';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEPT_AS = 'surfwatch-theme';

export const theme = signal<Theme>(THEMES.find(name => name === localStorage.getItem(KEPT_AS)) ?? 'auto');

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function chooseTheme(name: string): void {
  theme.value = THEMES.find(known => known === name) ?? 'auto';
  localStorage.setItem(KEPT_AS, theme.value);
}
