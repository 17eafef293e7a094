/** Reasons in the languages of the page; the English ones are those of the daemon. */
import type { ReasonCode } from '../../messaging/reasons.ts';
import type { Language } from './texts.ts';

/** `{name}` stands for a value: each that the English sentence has. */
export const REASON_TEXTS: {
  readonly [L in Exclude<Language, 'en'>]: Readonly<Record<ReasonCode, string>>;
} = {
  de: {
    'near-threshold': '{activity} {score} liegt nahe an der Schwelle {threshold}',
    'two-activities':
      '{activity} {score} und {rival} {rivalScore} für dieselbe Person liegen nahe beieinander',
    'unlike-labelled': 'gleicht nichts, was beschriftet ist (Ähnlichkeit höchstens {similarity})',
    'unlike-known': 'gleicht nichts Bekanntem (Ähnlichkeit höchstens {similarity})',
    'stands-for-others': 'steht für {frames} weitere Bilder, die ihm ähneln',
    'few-labels': 'zeigt wohl {activity}; davon sind erst wenige Bilder beschriftet: {labels}',
    'head-sure': '{activity} {score}: das Modell ist sicher; eine Beschriftung sagt, ob es recht hat',
    'places-in-doubt':
      '{places} Stellen könnten Personen sein, {unsure} davon sind zweifelhaft: einzeln angeben, welche es sind',
    'nobody-labelled':
      'zeigt wohl niemanden: noch kein Bild dieser Kamera ist als leer oder als vollständig beschriftet, also unterscheidet nichts den Strand von den Personen',
    'whole-no-place':
      'ist als Ganzes beschriftet, und nichts darin sieht nach einer Person aus: die Personen anklicken',
    'whole-one-place':
      'ist als Ganzes beschriftet, und ob die eine gefundene Stelle gemeint ist, ist unsicher: die Personen anklicken',
    'whole-many-places':
      'ist als Ganzes beschriftet, und welche von {places} Stellen gemeint ist, ist unklar: die Personen anklicken',
    'labels-contradict':
      'Von {sure} beschrifteten Bildern, in denen das Modell sicher {seen} sieht, sind {frames} anders beschriftet, die meisten als {said}: die Beschriftungen sehen falsch aus. Berichtigen Sie sie; stimmen sie, dann mit `force` neu lernen.',
    'nothing-to-judge':
      'Es gibt nichts, woran geprüft werden kann: zum Modell gehören keine Daten, und kein beschriftetes Bild ist aus einer Zeit, die zum Prüfen zurückgehalten wird.',
    'base-f1': 'Makro-F1 an den mitgelieferten Daten ({judged} geprüft): von {before} auf {after}.',
    'base-f1-fell':
      'Makro-F1 an den mitgelieferten Daten ({judged} geprüft) fiel von {before} auf {after}; {allowed} weniger wird geduldet.',
    'base-recall-fell':
      'Der gefundene Anteil von {activity} an den mitgelieferten Daten ({judged} geprüft) fiel von {before} auf {after}; {allowed} weniger wird geduldet.',
    'base-f1-below-current':
      'Makro-F1 an den mitgelieferten Daten ist {after}, mit dem bisherigen Modell {before}: mehr als {allowed} von dem ginge verloren, was es vorher konnte.',
    'base-f1-below-shipped':
      'Makro-F1 an den mitgelieferten Daten ist {after}, mit dem mitgelieferten Modell {before}: mehr als {allowed} von dem ginge verloren, was es vorher konnte.',
    'board-f1': 'Makro-F1 an den zurückgehaltenen Bildern ({judged} geprüft): von {before} auf {after}.',
    'board-f1-fell':
      'Makro-F1 an den zurückgehaltenen Bildern ({judged} geprüft) fiel von {before} auf {after}; {allowed} weniger wird geduldet.',
    'board-recall-fell':
      'Der gefundene Anteil von {activity} an den zurückgehaltenen Bildern ({judged} geprüft) fiel von {before} auf {after}; {allowed} weniger wird geduldet.',
    'other-cameras-f1':
      'F1 der Personen in Bildern anderer Kameras ist {after}, beim Modell, aus dem es entstand, {before}.',
    'riders-elsewhere':
      'In {moved} von {frames} Bildern findet das neue Modell Personen ({elsewhere}), wo das bisherige niemanden sah und niemand markiert wurde.',
    'riders-anywhere':
      'In {moved} von {frames} Bildern findet das neue Modell Personen ({elsewhere}), wo niemand markiert wurde, und kein Bild, aus dem es lernte, sagt, wo niemand ist: ein Bild mit „Niemand hier“ beschriften oder eines mit „Alle sind markiert“ (manche werden zum Prüfen zurückgehalten).',
    'riders-found':
      'In {frames} nicht beschrifteten Bildern dieser Kamera findet es {riders} Personen, das bisherige {ridersBefore}.',
    flips: 'die Aktivität wechselt {flips}-mal in der Stunde, vorher: {flipsBefore}',
    'frames-contradict': '{share} der Bilder widersprechen dem vorigen, vorher: {shareBefore}',
    'frames-unsure': 'bei {share} der Bilder liegt ein Wert nahe an der Schwelle, vorher: {shareBefore}',
    'low-confidence': 'die mittlere Sicherheit ist {confidence}, vorher: {confidenceBefore}',
    'asked-for': 'Jemand hat es verlangt.',
    approved: 'Es wartete auf eine Entscheidung und wurde angenommen.',
    dismissed: 'Es wartete auf eine Entscheidung und wurde verworfen.',
    'found-in-use': 'Es war beim Start in Gebrauch; die Zeile, die davon berichtete, ging verloren.',
    'head-unusable': 'Das Modell {head} ist nicht verwendbar: {error}',
  },
  fr: {
    'near-threshold': '{activity} {score} est proche du seuil {threshold}',
    'two-activities': '{activity} {score} et {rival} {rivalScore} pour une même personne sont proches',
    'unlike-labelled': 'ne ressemble à rien d’étiqueté (similarité {similarity} au plus)',
    'unlike-known': 'ne ressemble à rien de connu (similarité {similarity} au plus)',
    'stands-for-others': 'représente {frames} autres images qui lui ressemblent',
    'few-labels': 'semble montrer : {activity}, dont peu d’images sont étiquetées jusqu’ici : {labels}',
    'head-sure': '{activity} {score} : le modèle est sûr ; une étiquette dira s’il a raison',
    'places-in-doubt':
      '{places} endroits peuvent être des pratiquants, dont {unsure} incertains : indiquez un par un lesquels le sont',
    'nobody-labelled':
      'semble ne montrer personne : aucune image de cette caméra n’est encore étiquetée comme vide ou complète, donc rien ne distingue la plage des pratiquants',
    'whole-no-place':
      'est étiquetée en entier, et rien n’y ressemble à un pratiquant : indiquez les pratiquants',
    'whole-one-place':
      'est étiquetée en entier, et il n’est pas sûr que le seul endroit trouvé soit visé : indiquez les pratiquants',
    'whole-many-places':
      'est étiquetée en entier, et on ne sait pas lequel des {places} endroits est visé : indiquez les pratiquants',
    'labels-contradict':
      'Sur {sure} images étiquetées où le modèle est sûr de voir {seen}, {frames} portent une autre étiquette, le plus souvent {said} : ces étiquettes semblent fausses. Corrigez-les ; si elles sont justes, utilisez `force`.',
    'nothing-to-judge':
      'Il n’y a rien pour juger : le modèle est livré sans données, et aucune image étiquetée ne date d’un moment réservé au jugement.',
    'base-f1': 'Macro-F1 sur les données livrées ({judged} jugées) : de {before} à {after}.',
    'base-f1-fell':
      'Macro-F1 sur les données livrées ({judged} jugées) a baissé de {before} à {after} ; une baisse de {allowed} est admise.',
    'base-recall-fell':
      'La part trouvée de {activity} sur les données livrées ({judged} jugées) a baissé de {before} à {after} ; une baisse de {allowed} est admise.',
    'base-f1-below-current':
      'Macro-F1 sur les données livrées : {after}, contre {before} avec le modèle actuel ; plus de {allowed} de ce qu’il savait serait perdu.',
    'base-f1-below-shipped':
      'Macro-F1 sur les données livrées : {after}, contre {before} avec le modèle livré ; plus de {allowed} de ce qu’il savait serait perdu.',
    'board-f1': 'Macro-F1 sur les images réservées ({judged} jugées) : de {before} à {after}.',
    'board-f1-fell':
      'Macro-F1 sur les images réservées ({judged} jugées) a baissé de {before} à {after} ; une baisse de {allowed} est admise.',
    'board-recall-fell':
      'La part trouvée de {activity} sur les images réservées ({judged} jugées) a baissé de {before} à {after} ; une baisse de {allowed} est admise.',
    'other-cameras-f1':
      'F1 des pratiquants sur les images d’autres caméras : {after}, contre {before} pour le modèle d’origine.',
    'riders-elsewhere':
      'Sur {moved} images de {frames}, le nouveau modèle trouve des pratiquants ({elsewhere}) là où l’actuel ne voyait personne et où personne n’a été marqué.',
    'riders-anywhere':
      'Sur {moved} images de {frames}, le nouveau modèle trouve des pratiquants ({elsewhere}) là où personne n’a été marqué, et aucune image apprise ne dit où il n’y a personne : étiquetez une image « Personne ici », ou une avec « Tout le monde est marqué » (certaines sont réservées pour juger).',
    'riders-found':
      'Sur {frames} images non étiquetées de cette caméra, il trouve {riders} pratiquants, l’actuel {ridersBefore}.',
    flips: 'l’activité change {flips} fois par heure, avant : {flipsBefore}',
    'frames-contradict': '{share} des images contredisent la précédente, avant : {shareBefore}',
    'frames-unsure': '{share} des images ont un score proche du seuil, avant : {shareBefore}',
    'low-confidence': 'la confiance moyenne est de {confidence}, avant : {confidenceBefore}',
    'asked-for': 'Quelqu’un l’a demandé.',
    approved: 'Il attendait une décision et a été accepté.',
    dismissed: 'Il attendait une décision et a été rejeté.',
    'found-in-use': 'Il était utilisé au démarrage ; la ligne qui l’annonçait a été perdue.',
    'head-unusable': 'Le modèle {head} est inutilisable : {error}',
  },
  es: {
    'near-threshold': '{activity} {score} está cerca de su umbral {threshold}',
    'two-activities': '{activity} {score} y {rival} {rivalScore} de una misma persona están próximos',
    'unlike-labelled': 'no se parece a nada etiquetado (similitud {similarity} como máximo)',
    'unlike-known': 'no se parece a nada conocido (similitud {similarity} como máximo)',
    'stands-for-others': 'representa otras {frames} imágenes que se le parecen',
    'few-labels': 'parece mostrar: {activity}, con pocas imágenes etiquetadas hasta ahora: {labels}',
    'head-sure': '{activity} {score}: el modelo está seguro; una etiqueta dirá si acierta',
    'places-in-doubt':
      '{places} lugares pueden ser deportistas, {unsure} de ellos dudosos: diga uno por uno cuáles lo son',
    'nobody-labelled':
      'parece no mostrar a nadie: ninguna imagen de esta cámara está aún etiquetada como vacía o completa, así que nada distingue la playa de los deportistas',
    'whole-no-place':
      'está etiquetada en conjunto y nada en ella parece un deportista: señale a los deportistas',
    'whole-one-place':
      'está etiquetada en conjunto y no es seguro que se refiera al único lugar encontrado: señale a los deportistas',
    'whole-many-places':
      'está etiquetada en conjunto y no está claro a cuál de {places} lugares se refiere: señale a los deportistas',
    'labels-contradict':
      'De {sure} imágenes etiquetadas en las que el modelo está seguro de {seen}, {frames} llevan otra etiqueta, la mayoría {said}: las etiquetas parecen erróneas. Corríjalas; si son correctas, use `force`.',
    'nothing-to-judge':
      'No hay con qué juzgar: el modelo no trae datos y ninguna imagen etiquetada es de un momento reservado para juzgar.',
    'base-f1': 'Macro-F1 con los datos incluidos ({judged} juzgados): de {before} a {after}.',
    'base-f1-fell':
      'Macro-F1 con los datos incluidos ({judged} juzgados) bajó de {before} a {after}; se admite una bajada de {allowed}.',
    'base-recall-fell':
      'La parte encontrada de {activity} con los datos incluidos ({judged} juzgados) bajó de {before} a {after}; se admite una bajada de {allowed}.',
    'base-f1-below-current':
      'Macro-F1 con los datos incluidos: {after}, frente a {before} del modelo en uso; se perdería más de {allowed} de lo que sabía.',
    'base-f1-below-shipped':
      'Macro-F1 con los datos incluidos: {after}, frente a {before} del modelo incluido; se perdería más de {allowed} de lo que sabía.',
    'board-f1': 'Macro-F1 con las imágenes reservadas ({judged} juzgadas): de {before} a {after}.',
    'board-f1-fell':
      'Macro-F1 con las imágenes reservadas ({judged} juzgadas) bajó de {before} a {after}; se admite una bajada de {allowed}.',
    'board-recall-fell':
      'La parte encontrada de {activity} con las imágenes reservadas ({judged} juzgadas) bajó de {before} a {after}; se admite una bajada de {allowed}.',
    'other-cameras-f1':
      'F1 de los deportistas en imágenes de otras cámaras: {after}, frente a {before} del modelo de origen.',
    'riders-elsewhere':
      'En {moved} de {frames} imágenes el modelo nuevo encuentra deportistas ({elsewhere}) donde el actual no veía a nadie y nadie fue marcado.',
    'riders-anywhere':
      'En {moved} de {frames} imágenes el modelo nuevo encuentra deportistas ({elsewhere}) donde nadie fue marcado, y ninguna imagen aprendida dice dónde no hay nadie: etiquete una imagen con «Nadie aquí», o una con «Todos están marcados» (algunas se reservan para juzgar).',
    'riders-found':
      'En {frames} imágenes sin etiquetar de esta cámara encuentra {riders} deportistas, el actual {ridersBefore}.',
    flips: 'la actividad cambia {flips} veces por hora, antes: {flipsBefore}',
    'frames-contradict': '{share} de las imágenes contradicen a la anterior, antes: {shareBefore}',
    'frames-unsure': '{share} de las imágenes tienen un valor cerca del umbral, antes: {shareBefore}',
    'low-confidence': 'la confianza media es {confidence}, antes: {confidenceBefore}',
    'asked-for': 'Alguien lo pidió.',
    approved: 'Esperaba una decisión y fue aceptado.',
    dismissed: 'Esperaba una decisión y fue rechazado.',
    'found-in-use': 'Estaba en uso al arrancar; la línea que lo contaba se perdió.',
    'head-unusable': 'El modelo {head} no se puede usar: {error}',
  },
  pt: {
    'near-threshold': '{activity} {score} está perto do limiar {threshold}',
    'two-activities': '{activity} {score} e {rival} {rivalScore} da mesma pessoa estão próximos',
    'unlike-labelled': 'não se parece com nada etiquetado (semelhança {similarity} no máximo)',
    'unlike-known': 'não se parece com nada conhecido (semelhança {similarity} no máximo)',
    'stands-for-others': 'representa outras {frames} imagens parecidas',
    'few-labels': 'parece mostrar: {activity}, com poucas imagens etiquetadas até agora: {labels}',
    'head-sure': '{activity} {score}: o modelo tem a certeza; uma etiqueta dirá se acerta',
    'places-in-doubt':
      '{places} lugares podem ser praticantes, {unsure} deles duvidosos: diga um a um quais o são',
    'nobody-labelled':
      'parece não mostrar ninguém: nenhuma imagem desta câmara está ainda etiquetada como vazia ou completa, por isso nada distingue a praia dos praticantes',
    'whole-no-place': 'está etiquetada no conjunto e nada nela parece um praticante: aponte os praticantes',
    'whole-one-place':
      'está etiquetada no conjunto e não é certo que se refira ao único lugar encontrado: aponte os praticantes',
    'whole-many-places':
      'está etiquetada no conjunto e não é claro a qual de {places} lugares se refere: aponte os praticantes',
    'labels-contradict':
      'De {sure} imagens etiquetadas em que o modelo tem a certeza de {seen}, {frames} têm outra etiqueta, a maioria {said}: as etiquetas parecem erradas. Corrija-as; se estiverem certas, use `force`.',
    'nothing-to-judge':
      'Não há com que avaliar: o modelo não traz dados e nenhuma imagem etiquetada é de um momento reservado para avaliar.',
    'base-f1': 'Macro-F1 nos dados incluídos ({judged} avaliados): de {before} para {after}.',
    'base-f1-fell':
      'Macro-F1 nos dados incluídos ({judged} avaliados) desceu de {before} para {after}; admite-se uma descida de {allowed}.',
    'base-recall-fell':
      'A parte encontrada de {activity} nos dados incluídos ({judged} avaliados) desceu de {before} para {after}; admite-se uma descida de {allowed}.',
    'base-f1-below-current':
      'Macro-F1 nos dados incluídos: {after}, contra {before} do modelo em uso; perder-se-ia mais de {allowed} do que sabia.',
    'base-f1-below-shipped':
      'Macro-F1 nos dados incluídos: {after}, contra {before} do modelo incluído; perder-se-ia mais de {allowed} do que sabia.',
    'board-f1': 'Macro-F1 nas imagens reservadas ({judged} avaliadas): de {before} para {after}.',
    'board-f1-fell':
      'Macro-F1 nas imagens reservadas ({judged} avaliadas) desceu de {before} para {after}; admite-se uma descida de {allowed}.',
    'board-recall-fell':
      'A parte encontrada de {activity} nas imagens reservadas ({judged} avaliadas) desceu de {before} para {after}; admite-se uma descida de {allowed}.',
    'other-cameras-f1':
      'F1 dos praticantes em imagens de outras câmaras: {after}, contra {before} do modelo de origem.',
    'riders-elsewhere':
      'Em {moved} de {frames} imagens o modelo novo encontra praticantes ({elsewhere}) onde o atual não via ninguém e ninguém foi marcado.',
    'riders-anywhere':
      'Em {moved} de {frames} imagens o modelo novo encontra praticantes ({elsewhere}) onde ninguém foi marcado, e nenhuma imagem aprendida diz onde não há ninguém: etiquete uma imagem com «Ninguém aqui», ou uma com «Todos estão marcados» (algumas são reservadas para avaliar).',
    'riders-found':
      'Em {frames} imagens por etiquetar desta câmara encontra {riders} praticantes, o atual {ridersBefore}.',
    flips: 'a atividade muda {flips} vezes por hora, antes: {flipsBefore}',
    'frames-contradict': '{share} das imagens contradizem a anterior, antes: {shareBefore}',
    'frames-unsure': '{share} das imagens têm um valor perto do limiar, antes: {shareBefore}',
    'low-confidence': 'a confiança média é {confidence}, antes: {confidenceBefore}',
    'asked-for': 'Alguém o pediu.',
    approved: 'Esperava uma decisão e foi aceite.',
    dismissed: 'Esperava uma decisão e foi rejeitado.',
    'found-in-use': 'Estava em uso ao arrancar; a linha que o contava perdeu-se.',
    'head-unusable': 'O modelo {head} não pode ser usado: {error}',
  },
};
