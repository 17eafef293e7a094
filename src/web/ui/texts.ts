/** Languages of the page: a table of texts beside each view, the shared words here. */
import { effect, signal } from '@preact/signals';

export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
} as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = 'surfwatch-language';

/** As chosen before on this device, or the first of the browser's that there is. */
export const language = signal<Language>(
  [localStorage.getItem(KEPT_AS) ?? '', ...navigator.languages]
    .map(code => code.slice(0, 2).toLowerCase())
    .find(isLanguage) ?? 'en',
);

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(code: string): void {
  if (!isLanguage(code)) return;
  language.value = code;
  localStorage.setItem(KEPT_AS, code);
}

function isLanguage(code: string): code is Language {
  return Object.hasOwn(LANGUAGES, code);
}

type Table<E> = { readonly en: E } & {
  readonly [L in Exclude<Language, 'en'>]: { readonly [K in keyof NoInfer<E>]: string };
};

/**
 * A function that says a text of the table in the present language; a component that calls it follows the language.
 * A text missing in a language does not compile. `{name}` in a text is replaced by the value of that name.
 */
export function textsOf<const E extends Readonly<Record<string, string>>>(
  table: Table<E>,
): (key: keyof E & string, values?: Readonly<Record<string, string | number>>) => string {
  return (key, values = {}) =>
    (table[language.value] as Readonly<Record<string, string>>)[key]?.replace(
      /\{(\w+)\}/g,
      (whole, name: string) => String(values[name] ?? whole),
    ) ?? key;
}

/** Shared by all views. */
export const text = textsOf({
  en: {
    skip: 'Skip to the content',
    cameras: 'Cameras',
    views: 'Views',
    now: 'Now',
    before: 'Before',
    label: 'Label',
    train: 'Train',
    setup: 'Set up',
    settings: 'Language and look',
    language: 'Language',
    theme: 'Look',
    'theme.auto': 'as the device',
    'theme.light': 'light',
    'theme.dark': 'dark',
    'login.title': 'Log in',
    'login.password': 'Password',
    'login.open': 'Log in',
    'login.why': 'This page asks for a password.',
    'login.ended': 'Your session has ended. Log in again.',
    logout: 'Log out',
    lookOnly: 'Your login may look, not change anything.',
    surfing: 'Surfing',
    windsurfing: 'Windsurfing',
    kitesurfing: 'Kitesurfing',
    none: 'Nobody',
    unknown: 'Unknown',
    offline: 'The daemon cannot be reached.',
    'offline.remedy': 'The page connects again by itself. If it does not, see whether the daemon runs.',
    reload: 'Load again',
    failed: 'That did not work',
    loading: 'Loading …',
    close: 'Close',
    cancel: 'Cancel',
    whole: 'Whole picture',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    pictureKeys: 'Picture: plus and minus zoom, 0 shows the whole, arrow keys move it',
    noPicture: 'There is no picture of this frame any more.',
    coming: 'Coming.',
  },
  de: {
    skip: 'Zum Inhalt springen',
    cameras: 'Kameras',
    views: 'Ansichten',
    now: 'Jetzt',
    before: 'Bisher',
    label: 'Beschriften',
    train: 'Lernen',
    setup: 'Einrichten',
    settings: 'Sprache und Aussehen',
    language: 'Sprache',
    theme: 'Aussehen',
    'theme.auto': 'wie das Gerät',
    'theme.light': 'hell',
    'theme.dark': 'dunkel',
    'login.title': 'Anmelden',
    'login.password': 'Passwort',
    'login.open': 'Anmelden',
    'login.why': 'Diese Seite verlangt ein Passwort.',
    'login.ended': 'Ihre Sitzung ist beendet. Bitte neu anmelden.',
    logout: 'Abmelden',
    lookOnly: 'Ihre Anmeldung erlaubt nur das Ansehen.',
    surfing: 'Wellenreiten',
    windsurfing: 'Windsurfen',
    kitesurfing: 'Kitesurfen',
    none: 'Niemand',
    unknown: 'Unbekannt',
    offline: 'Der Dienst ist nicht erreichbar.',
    'offline.remedy': 'Die Seite verbindet sich von selbst wieder. Sonst nachsehen, ob der Dienst läuft.',
    reload: 'Neu laden',
    failed: 'Das hat nicht geklappt',
    loading: 'Lädt …',
    close: 'Schließen',
    cancel: 'Abbrechen',
    whole: 'Ganzes Bild',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    pictureKeys:
      'Bild: Plus und Minus vergrößern und verkleinern, 0 zeigt es ganz, Pfeiltasten verschieben es',
    noPicture: 'Von dieser Aufnahme gibt es kein Bild mehr.',
    coming: 'Kommt noch.',
  },
  fr: {
    skip: 'Aller au contenu',
    cameras: 'Caméras',
    views: 'Vues',
    now: 'Maintenant',
    before: 'Historique',
    label: 'Étiqueter',
    train: 'Entraîner',
    setup: 'Configurer',
    settings: 'Langue et apparence',
    language: 'Langue',
    theme: 'Apparence',
    'theme.auto': 'comme l’appareil',
    'theme.light': 'claire',
    'theme.dark': 'sombre',
    'login.title': 'Connexion',
    'login.password': 'Mot de passe',
    'login.open': 'Se connecter',
    'login.why': 'Cette page demande un mot de passe.',
    'login.ended': 'Votre session est terminée. Reconnectez-vous.',
    logout: 'Se déconnecter',
    lookOnly: 'Votre accès permet de regarder, pas de modifier.',
    surfing: 'Surf',
    windsurfing: 'Planche à voile',
    kitesurfing: 'Kitesurf',
    none: 'Personne',
    unknown: 'Inconnu',
    offline: 'Le service est injoignable.',
    'offline.remedy': 'La page se reconnecte toute seule. Sinon, vérifiez que le service fonctionne.',
    reload: 'Recharger',
    failed: 'Cela n’a pas fonctionné',
    loading: 'Chargement …',
    close: 'Fermer',
    cancel: 'Annuler',
    whole: 'Image entière',
    zoomIn: 'Agrandir',
    zoomOut: 'Réduire',
    pictureKeys: 'Image : plus et moins pour zoomer, 0 pour l’image entière, flèches pour la déplacer',
    noPicture: 'L’image de cette prise de vue n’existe plus.',
    coming: 'Bientôt.',
  },
  es: {
    skip: 'Ir al contenido',
    cameras: 'Cámaras',
    views: 'Vistas',
    now: 'Ahora',
    before: 'Historial',
    label: 'Etiquetar',
    train: 'Entrenar',
    setup: 'Configurar',
    settings: 'Idioma y aspecto',
    language: 'Idioma',
    theme: 'Aspecto',
    'theme.auto': 'como el dispositivo',
    'theme.light': 'claro',
    'theme.dark': 'oscuro',
    'login.title': 'Iniciar sesión',
    'login.password': 'Contraseña',
    'login.open': 'Entrar',
    'login.why': 'Esta página pide una contraseña.',
    'login.ended': 'La sesión ha terminado. Vuelva a entrar.',
    logout: 'Cerrar sesión',
    lookOnly: 'Su acceso permite mirar, no cambiar nada.',
    surfing: 'Surf',
    windsurfing: 'Windsurf',
    kitesurfing: 'Kitesurf',
    none: 'Nadie',
    unknown: 'Desconocido',
    offline: 'No se puede contactar con el servicio.',
    'offline.remedy': 'La página se reconecta sola. Si no, compruebe que el servicio funciona.',
    reload: 'Volver a cargar',
    failed: 'No ha funcionado',
    loading: 'Cargando …',
    close: 'Cerrar',
    cancel: 'Cancelar',
    whole: 'Imagen completa',
    zoomIn: 'Ampliar',
    zoomOut: 'Reducir',
    pictureKeys: 'Imagen: más y menos amplían y reducen, 0 la muestra entera, las flechas la mueven',
    noPicture: 'Ya no hay imagen de esta toma.',
    coming: 'Próximamente.',
  },
  pt: {
    skip: 'Ir para o conteúdo',
    cameras: 'Câmaras',
    views: 'Vistas',
    now: 'Agora',
    before: 'Histórico',
    label: 'Etiquetar',
    train: 'Treinar',
    setup: 'Configurar',
    settings: 'Idioma e aspeto',
    language: 'Idioma',
    theme: 'Aspeto',
    'theme.auto': 'como o dispositivo',
    'theme.light': 'claro',
    'theme.dark': 'escuro',
    'login.title': 'Iniciar sessão',
    'login.password': 'Palavra-passe',
    'login.open': 'Entrar',
    'login.why': 'Esta página pede uma palavra-passe.',
    'login.ended': 'A sessão terminou. Entre novamente.',
    logout: 'Terminar sessão',
    lookOnly: 'O seu acesso permite ver, não alterar.',
    surfing: 'Surf',
    windsurfing: 'Windsurf',
    kitesurfing: 'Kitesurf',
    none: 'Ninguém',
    unknown: 'Desconhecido',
    offline: 'Não é possível contactar o serviço.',
    'offline.remedy': 'A página volta a ligar-se sozinha. Se não, verifique se o serviço está a funcionar.',
    reload: 'Carregar de novo',
    failed: 'Não funcionou',
    loading: 'A carregar …',
    close: 'Fechar',
    cancel: 'Cancelar',
    whole: 'Imagem inteira',
    zoomIn: 'Ampliar',
    zoomOut: 'Reduzir',
    pictureKeys: 'Imagem: mais e menos ampliam e reduzem, 0 mostra-a inteira, as setas movem-na',
    noPicture: 'Já não há imagem desta captura.',
    coming: 'Em breve.',
  },
});

/** `Windsurfing`; a head may tell apart what the page has no word for, then the name itself. */
export function activityName(name: string): string {
  return isNamed(name) ? text(name) : name;
}

function isNamed(name: string): name is 'surfing' | 'windsurfing' | 'kitesurfing' | 'none' | 'unknown' {
  return ['surfing', 'windsurfing', 'kitesurfing', 'none', 'unknown'].includes(name);
}

/** `14:05`, with the day where it is another than today. @param time ISO 8601 or milliseconds since the epoch */
export function clockTime(time: string | number, withSeconds = false): string {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  const day = isToday ? {} : ({ day: 'numeric', month: 'short' } as const);
  const second = withSeconds ? ({ second: '2-digit' } as const) : {};
  return new Intl.DateTimeFormat(language.value, {
    ...day,
    hour: 'numeric',
    minute: '2-digit',
    ...second,
  }).format(date);
}

/** `12 seconds ago` */
export function ago(ms: number): string {
  const [unit, size] =
    ms < 60_000
      ? (['second', 1_000] as const)
      : ms < 3_600_000
        ? (['minute', 60_000] as const)
        : ms < 86_400_000
          ? (['hour', 3_600_000] as const)
          : (['day', 86_400_000] as const);
  return new Intl.RelativeTimeFormat(language.value).format(-Math.floor(Math.max(0, ms) / size), unit);
}

/** `1,234.5` as the language writes it. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(value);
}

/** `87 %` as the language writes it. @param share 0..1 */
export function percent(share: number, digits = 0): string {
  return new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: digits }).format(
    share,
  );
}
