import type { ComponentChildren, JSX } from 'preact';
import { counted, shown } from '../ground/words.ts';
import { type DiffRow, type Piece, diffRows } from './diff-rows.ts';
import type { Difference } from './members.ts';

interface DiffProps {
  readonly difference: Difference;
  /** What the sides are called. */
  readonly titles: readonly [mine: string, theirs: string];
}

/** One difference: side by side where there is room, one below the other where there is not. */
export function Diff({ difference, titles }: DiffProps): JSX.Element {
  const { name, mine, theirs } = difference;
  const [titleOfMine, titleOfTheirs] = titles;
  const rows = diffRows(mine, theirs);
  return (
    <section class="diff" aria-label={`what differs in ${name}`}>
      <h4 class="diff-name">{shown(name)}</h4>
      {mine === null || theirs === null ? (
        <OneSide
          rows={rows}
          side={mine === null ? 'theirs' : 'mine'}
          title={mine === null ? titleOfTheirs : titleOfMine}
        />
      ) : (
        <>
          <div class="diff-sides">
            <p class="diff-title">{titleOfMine}</p>
            <p class="diff-title">{titleOfTheirs}</p>
            <pre class="diff-text diff-rows">
              {rows.flatMap((row, at) => [
                <Side key={`${at}mine`} row={row} side="mine" />,
                <Side key={`${at}theirs`} row={row} side="theirs" />,
              ])}
            </pre>
          </div>
          <pre class="diff-inline diff-text">{inline(rows)}</pre>
        </>
      )}
    </section>
  );
}

interface OneSideProps {
  readonly rows: readonly DiffRow[];
  readonly side: 'mine' | 'theirs';
  readonly title: string;
}

/** What stands on one side alone. */
function OneSide({ rows, side, title }: OneSideProps): JSX.Element {
  return (
    <Column title={side === 'mine' ? `${title}; it goes` : `${title}; it is new`}>
      {rows.map((row, at) => (
        <Side key={at} row={row} side={side} />
      ))}
    </Column>
  );
}

function Column({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <figure class="diff-column">
      <figcaption>{title}</figcaption>
      <pre class="diff-text">{children}</pre>
    </figure>
  );
}

function Side({ row, side }: { readonly row: DiffRow; readonly side: 'mine' | 'theirs' }): JSX.Element {
  switch (row.kind) {
    case 'same':
      return <span class="line">{shown(row.text) || ' '}</span>;
    case 'skipped':
      return <span class="line skipped">{counted(row.lines, 'line')} alike</span>;
    case 'changed': {
      const pieces = row[side];
      return pieces === null ? <span class="line absent"> </span> : <ChangedLine pieces={pieces} side={side} />;
    }
  }
}

function ChangedLine({
  pieces,
  side,
}: {
  readonly pieces: readonly Piece[];
  readonly side: 'mine' | 'theirs';
}): JSX.Element {
  const Mark = side === 'mine' ? 'del' : 'ins';
  return (
    <span class={`line changed ${side}`}>
      {pieces.map(({ text, isChanged }, at) => (isChanged ? <Mark key={at}>{shown(text)}</Mark> : shown(text)))}
      {pieces.every(({ text }) => text === '') ? ' ' : ''}
    </span>
  );
}

/** What was before what will be, for each stretch that differs. */
function inline(rows: readonly DiffRow[]): readonly JSX.Element[] {
  return rows.flatMap((row, at) =>
    row.kind === 'changed'
      ? (['mine', 'theirs'] as const)
          .filter((side) => row[side] !== null)
          .map((side) => <Side key={`${at}${side}`} row={row} side={side} />)
      : [<Side key={at} row={row} side="mine" />],
  );
}
