import type { Round } from './play.ts';

export const heading: readonly string[] = [
  '| fault | rounds | lived | said | lost | healed in (ms) |',
  '| --- | ---: | --- | --- | ---: | ---: |',
];

/** One line of the table, of all rounds of a fault. */
export function lineOf(name: string, rounds: readonly Round[]): string {
  const cells = [name, String(rounds.length), livedOf(rounds), saidOf(rounds), lostOf(rounds), healedOf(rounds)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** What is wrong with a round, in words; nothing where all is well. */
export function faultsOf(round: Round): readonly string[] {
  return [
    ...(round.cameBack ? [] : ['what ended did not come back']),
    ...round.ended
      .filter((words) => /:\s*$|\bat (\S+ \()?(file|node):/.test(words))
      .map((words) => `not ended in words: ${words}`),
    ...(round.goesOn ? [] : ['what is written afterwards does not cross']),
    ...(round.said !== undefined || !round.mustBeSaid
      ? []
      : [`nothing names it; the devices say: ${round.saidInstead}`]),
    ...lossesOf(round),
    ...(round.healedMs === undefined ? ['not healed within a minute'] : []),
    ...(round.excess === undefined ? [] : [round.excess]),
    ...(round.stillSaid === undefined ? [] : [`still said when it is over: ${round.stillSaid}`]),
  ];
}

function lossesOf({ lost, destroyed, acknowledged }: Round): readonly string[] {
  const real = lost.filter((id) => !destroyed.includes(id));
  return real.length === 0 ? [] : [`lost ${real.length} of ${acknowledged}: ${real.slice(0, 9).join(', ')}`];
}

function livedOf(rounds: readonly Round[]): string {
  const ended = [...new Set(rounds.flatMap((round) => round.ended))];
  const back = rounds.every(({ cameBack }) => cameBack) ? 'came back when started again' : 'DID NOT COME BACK';
  const dead = rounds.every(({ goesOn }) => goesOn) ? [] : ['NOTHING CROSSES AFTERWARDS'];
  return [...(ended.length === 0 ? ['lived'] : [`ended (${ended.join('; ')}); ${back}`]), ...dead].join('; ');
}

function saidOf(rounds: readonly Round[]): string {
  const said = [...new Set(rounds.map((round) => round.said ?? 'nothing'))];
  const hands = [...new Set(rounds.flatMap(({ byHand }) => byHand ?? []))].map((hand) => `by hand: ${hand}`);
  const still = [...new Set(rounds.flatMap(({ stillSaid }) => stillSaid ?? []))].map((words) => `STILL SAID: ${words}`);
  const figures = [...new Set(rounds.flatMap(({ figure }) => figure ?? []))];
  return [...said, ...hands, ...still, ...figures].join('; ');
}

function lostOf(rounds: readonly Round[]): string {
  const real = rounds.reduce(
    (sum, { lost, destroyed }) => sum + lost.filter((id) => !destroyed.includes(id)).length,
    0,
  );
  const gone = rounds.reduce((sum, { lost, destroyed }) => sum + lost.filter((id) => destroyed.includes(id)).length, 0);
  const asked = rounds.reduce((sum, round) => sum + round.asked.length, 0);
  return [
    String(real),
    ...(gone === 0 ? [] : [`${gone} that stood in the destroyed file alone`]),
    ...(asked === 0 ? [] : [`${asked} that both devices ask about`]),
  ].join(', and ');
}

function healedOf(rounds: readonly Round[]): string {
  const times = rounds.flatMap(({ healedMs }) => (healedMs === undefined ? [] : [Math.round(healedMs)]));
  const missing = rounds.length - times.length;
  const spread = times.length > 1 ? `${Math.min(...times)} to ${Math.max(...times)}` : times.join('');
  return [spread, missing === 0 ? '' : `not healed (${missing})`].filter((text) => text !== '').join(', ');
}
